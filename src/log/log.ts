/**
 * The log: events for a machine to count, messages for a person to read, one line each.
 *
 * Written here rather than taken from a logging library, because what is needed is one line to one place: the libraries
 * configure a process-wide registry, and the care that matters (`log_line.ts`) would have to be added to them.
 *
 * @module
 */
import { type Fields, type Level, LEVELS, type LogEvent } from "./log_event.ts";
import { jsonLine, textLine } from "./log_line.ts";

/** Receiver of events. `event` is stable (`archive.swept`), `message` is for people. */
export interface Log {
  debug(event: string, message: string, fields?: Fields): void;
  info(event: string, message: string, fields?: Fields): void;
  warn(event: string, message: string, fields?: Fields): void;
  error(event: string, message: string, fields?: Fields): void;
  /** A log whose every event has these fields. */
  child(fields: Fields): Log;
}

/** A log whose level can be changed while it is in use. */
export interface LeveledLog extends Log {
  level: Level;
}

/**
 * Starts a log. `write` takes one line, without its end; `now` is milliseconds since 1970. `hear` learns of every event, also
 * of those below the level.
 */
export function createLog(
  { level, format, write, hear, now = Date.now }: {
    level: Level;
    format: "text" | "json";
    write: (line: string) => void;
    hear?: (event: LogEvent) => void;
    now?: () => number;
  },
): LeveledLog {
  const line = format === "json" ? jsonLine : textLine;
  let threshold = level;
  const log = telling((event) => {
    hear?.(event);
    if (LEVELS.indexOf(event.level) >= LEVELS.indexOf(threshold)) write(line(new Date(now()).toISOString(), event));
  });
  return {
    ...log,
    get level(): Level {
      return threshold;
    },
    set level(level) {
      threshold = level;
    },
  };
}

/** A log that keeps what it is told, for tests. */
export function memoryLog(): Log & { readonly events: readonly LogEvent[] } {
  const events: LogEvent[] = [];
  return { ...telling((event) => events.push(event)), events };
}

function telling(tell: (event: LogEvent) => void, inherited: Fields = {}): Log {
  function at(level: Level): Log["info"] {
    return (event, message, fields) => tell({ level, event, message, fields: { ...inherited, ...fields } });
  }
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => telling(tell, { ...inherited, ...fields }),
  };
}
