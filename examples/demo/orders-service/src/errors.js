/** What every error of this API is. `API.md` documents the shape that `toBody` gives. */
export class ApiError extends Error {
  constructor(status, code, message, field = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }

  toBody() {
    return { error: { code: this.code, message: this.message, field: this.field } };
  }
}

export function invalid(field, rule) {
  return new ApiError(422, 'invalid_field', `\`${field}\` must be ${rule}.`, field);
}

export function notFound(type, key) {
  return new ApiError(404, `${type.name}_not_found`, `There is no ${type.name} ${key}.`);
}

export function conflict(type, key) {
  return new ApiError(409, `${type.name}_exists`, `There is a ${type.name} ${key} already.`, type.key);
}
