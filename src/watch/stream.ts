import type { Meter } from "./metric.ts";

/** Counts of the connection to the server since the start. */
export interface StreamFigures {
  connected: boolean;
  /** Streams that the server opened for us. */
  connections: number;
  /** Streams that ended, and attempts that came to nothing. */
  failures: number;
  /** Stanzas that were too deep to be read. */
  refused: number;
}

/** Registers what can be watched of the stream; `unsent` are the characters that wait to be sent. */
export function measureStream(meter: Meter, figures: StreamFigures, unsent: () => number): void {
  meter.gauge({
    name: "annals_stream_connected",
    help: "1 when the component is connected, else 0",
    read: () => Number(figures.connected),
  });
  meter.counter({
    name: "annals_stream_connections",
    help: "Connections to the server; all but the first are reconnects",
    read: () => figures.connections,
  });
  meter.counter({
    name: "annals_stream_failures",
    help: "Connections that were lost, and attempts to connect that failed",
    read: () => figures.failures,
  });
  meter.counter({
    name: "annals_stanzas_refused",
    help: "Stanzas that were too deep to be read",
    read: () => figures.refused,
  });
  meter.gauge({
    name: "annals_stream_unsent_characters",
    help: "Data that waits to be sent to the server",
    read: unsent,
  });
}
