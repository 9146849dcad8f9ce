import type { PendingRequests } from "./pending.ts";
import type { Requests } from "./requests.ts";
import type { Meter } from "../watch/metric.ts";

/** Adds metrics of requests: those that Annals answers, and those of its own. */
export function measureRequests(
  meter: Meter,
  { requests, pending }: { requests: Requests; pending: PendingRequests },
): void {
  meter.histogram({ name: "annals_request_seconds", help: "Requests, from arrival to answer" }, requests.seconds);
  meter.counter({
    name: "annals_requests_refused",
    help: "Requests answered with an error, by its condition (RFC 6120, 8.3.3)",
    label: "condition",
    read: () => requests.refused,
  });
  meter.counter({
    name: "annals_requests_dropped",
    help: "Requests that were not read, since too many waited for the server to take the answers",
    read: () => requests.dropped,
  });
  meter.gauge({
    name: "annals_requests_in_flight",
    help: "Requests that are being answered",
    read: () => requests.inFlight,
  });
  meter.gauge({
    name: "annals_replies_awaited",
    help: "Requests of Annals' own, such as for rosters, that the server has not answered yet",
    read: () => pending.waiting,
  });
}
