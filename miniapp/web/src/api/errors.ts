// What went wrong, as the server tells it (RFC 9457 problem details), or as the network did.

import type { Problem as Contract } from "./contract";

/** What every answer has; the rest is there when the server, not a proxy, wrote it. */
export type Problem = Pick<Contract, "status" | "code"> & Partial<Contract>;

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly reference: string | undefined;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title || problem.code);
    this.name = "ApiError";
    this.status = problem.status;
    this.code = problem.code;
    this.reference = problem.reference ?? undefined;
    this.problem = problem;
  }
}

/** The request never reached the server, or its answer never came back. */
export class OfflineError extends Error {
  constructor(cause: unknown) {
    super("offline", { cause });
    this.name = "OfflineError";
  }
}

/** Reads a failed answer; one that is no problem document still gets a code. */
export async function problemOf(response: Response): Promise<ApiError> {
  let body: Partial<Problem> = {};
  try {
    body = (await response.json()) as Partial<Problem>;
  } catch {
    // A proxy's page instead of our document: the status is all there is.
  }
  const fallback = { code: `http_${response.status}`, title: response.statusText };
  return new ApiError({ ...fallback, ...body, status: response.status } as Problem);
}
