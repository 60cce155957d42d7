import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second for every program, whatever its own clock. */
const TICK_MS = 10;

/** CPU time that a process has used, all threads; NaN where there is no /proc. */
export function cpuMs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, second in the line, may hold spaces: fields are counted from its closing bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}

/** Memory of a process in MB, what it shares counted in parts; NaN where there is no /proc. */
export function memoryMb(pid: number): number {
  try {
    const [, kb] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')) ?? [];
    return Number(kb) / 1024;
  } catch {
    return Number.NaN;
  }
}
