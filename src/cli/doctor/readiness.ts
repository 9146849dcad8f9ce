import type { Config } from "../../config/config.ts";
import { urlOf } from "../../watch/hosts.ts";
import { type Finding, unchecked } from "./findings.ts";

/** Milliseconds that a service has to say how it is. */
const PATIENCE = 3_000;

/** Findings that a running service has of itself at `metrics.listen`; none where nobody answers there, as none may run. */
export async function readiness({ metrics: { listen } }: Pick<Config, "metrics">): Promise<Finding[]> {
  if (listen === undefined) return [];
  const url = `${urlOf(listen.hostname, listen.port)}readyz`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
    const said = (await response.text()).trim();
    if (response.status === 200) return [{ ok: true, found: "the service says that it is ready" }];
    if (response.status === 503) {
      return [{ ok: false, found: `the service is not ready: ${said}`, mend: ["its log says why"] }];
    }
    return [unchecked(`whether the service is ready: ${url} answers with ${response.status}`)];
  } catch (error) {
    if (!(error instanceof DOMException)) return [];
    return [unchecked(`whether the service is ready: ${url} does not answer within ${PATIENCE / 1000} s`)];
  }
}
