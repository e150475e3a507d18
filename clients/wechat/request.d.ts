// The types of request.js.

export interface Tokens {
  accessToken: string;
  expireTime: string;
  refreshToken: string;
  refreshExpireTime: string;
}

export interface ClientOptions {
  /** "https://…", without a path; one of the request domains of the mini-program. */
  baseUrl: string;
  /** A unit's code: the center of calls that concern no unit, where the platform serves several. */
  center?: string;
  /** The session has ended: show the log-in page. */
  onSignedOut?: (error: ApiError) => void;
  concurrency?: number;
  timeout?: number;
  retries?: number;
  longestWait?: number;
  storageKey?: string;
  refreshPath?: string;
  language?: 'zh-CN' | 'en';
}

export interface CallOptions {
  /** Field paths of the request in camel case; lists repeat the parameter, objects nest. */
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** The request id of the deed; calls with the same one are done once. */
  idempotencyKey?: string;
  /** false: without the token, as for log-ins. */
  auth?: boolean;
  timeout?: number;
  retries?: number;
  contentType?: string;
  responseType?: 'text' | 'arraybuffer';
}

export type Running<T> = Promise<T> & { abort(): void };

export interface Client {
  readonly tokens: Tokens | null;
  signIn(tokens: Tokens): void;
  signOut(): void;
  newKey(): string;
  get<T = unknown>(path: string, options?: CallOptions): Running<T>;
  post<T = unknown>(path: string, body?: unknown, options?: CallOptions): Running<T>;
  put<T = unknown>(path: string, body?: unknown, options?: CallOptions): Running<T>;
  patch<T = unknown>(path: string, body?: unknown, options?: CallOptions): Running<T>;
  delete<T = unknown>(path: string, options?: CallOptions): Running<T>;
}

export class RequestError extends Error {
  readonly kind: 'refused' | 'offline' | 'timeout' | 'aborted' | 'usage';
}
export class NetworkError extends RequestError {
  readonly kind: 'offline' | 'timeout';
}
export class AbortedError extends RequestError {
  readonly kind: 'aborted';
}
export class ApiError extends RequestError {
  readonly kind: 'refused';
  readonly status: number;
  /** The canonical code: "NOT_FOUND". */
  readonly code: string;
  /** The stable reason of protos/wenming/type/reason.proto, without "REASON_": "SHIFT_FULL". */
  readonly reason: string;
  readonly requestId: string;
  readonly details: Array<{ '@type': string } & Record<string, unknown>>;
  readonly violations: Array<{ field: string; description: string }>;
  readonly metadata: Record<string, string>;
  readonly retryAfterSeconds: number;
  is(...reasons: string[]): boolean;
}

export function createClient(options: ClientOptions): Client;
