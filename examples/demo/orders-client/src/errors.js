/** An answer of the service with a status of 400 or above. */
export class ServiceError extends Error {
  constructor(status, error) {
    super(error?.message ?? `The service answered ${status}.`);
    this.status = status;
    this.code = error?.code ?? 'unknown';
    this.field = error?.field ?? null;
  }
}
