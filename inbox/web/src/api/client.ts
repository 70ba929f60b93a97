import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from './schema';

/** What is wrong with one field; of a document, on which line. */
export type FieldError = { field: string; message: string; line?: number };

/** A call that failed, in words for people. Status 0 means that Usher could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly fields: FieldError[];

  constructor(status: number, message: string, fields: FieldError[] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.fields = fields;
  }

  /** True when the same call may succeed later without being changed. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

type Problem = {
  detail?: string;
  title?: string;
  errors?: { location?: string; message?: string; value?: unknown }[] | null;
};

const unreachable = 'Usher cannot be reached. Nothing was lost; try again when the connection is back.';

/** Turns a problem document (RFC 9457) into an ApiError. */
export function problemError(status: number, problem: unknown): ApiError {
  const p = (typeof problem === 'object' && problem ? problem : {}) as Problem;
  const fields = (p.errors ?? []).map((e) => ({
    field: (e.location ?? '').replace(/^body\./, ''),
    message: e.message ?? '',
    ...(typeof e.value === 'number' && e.value > 0 && { line: e.value }),
  }));
  return new ApiError(
    status,
    p.detail || p.title || `The call failed with status ${status}; try again.`,
    fields,
  );
}

let onSignedOut = () => {};

/** Says what to do when a call finds that nobody is signed in. */
export function whenSignedOut(then: () => void) {
  onSignedOut = then;
}

const agentCalls: Middleware = {
  onRequest({ request }) {
    // The server refuses changes without it: another site's form cannot send this header.
    if (request.method !== 'GET') request.headers.set('X-Usher', '1');
    return request;
  },
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && !schemaPath.startsWith('/api/v1/sign-in')) onSignedOut();
    return response;
  },
};

export const client = createClient<paths>({
  baseUrl: typeof location === 'undefined' ? '/' : location.origin,
  // Looked up per call, so that tests can answer in its place.
  fetch: (request) => globalThis.fetch(request),
});
client.use(agentCalls);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of a call, or an ApiError. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(0, unreachable);
  }
  if (!answer.response.ok) throw problemError(answer.response.status, answer.error);
  return answer.data as T;
}
