/** CPU (user + system), wall time and the largest resident set of this process, over a number of steps. */
export interface Measured {
  steps: number;
  cpuMsPerStep: number;
  wallMsPerStep: number;
  rssMb: number;
}

export function startMeter(): (steps: number) => Measured {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  return (steps) => {
    const used = process.cpuUsage(cpu);
    return {
      steps,
      cpuMsPerStep: (used.user + used.system) / 1_000 / steps,
      wallMsPerStep: (performance.now() - wall) / steps,
      rssMb: process.resourceUsage().maxRSS / 1_024,
    };
  };
}
