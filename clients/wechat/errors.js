// What a call of request.js fails with. `kind` tells them apart also where a build step breaks `instanceof`.

// The caller sees one sentence for people in `message`; programs look at `kind` and `reason`.
class RequestError extends Error {
  constructor(kind, message) {
    super(message);
    Object.setPrototypeOf(this, RequestError.prototype);
    this.name = 'RequestError';
    this.kind = kind;
  }
}

// The network gave no answer: 'offline' or 'timeout'. Whether the service did what was asked is not known.
class NetworkError extends RequestError {
  constructor(kind, cause) {
    super(kind, kind === 'timeout' ? '服务器响应超时，请稍后再试' : '网络连接失败，请检查网络');
    Object.setPrototypeOf(this, NetworkError.prototype);
    this.name = 'NetworkError';
    this.cause = cause;
  }
}

// abort() was called.
class AbortedError extends RequestError {
  constructor() {
    super('aborted', '请求已取消');
    Object.setPrototypeOf(this, AbortedError.prototype);
    this.name = 'AbortedError';
  }
}

const detailOf = (details, type) => details.filter((detail) => String(detail['@type']).endsWith(`/google.rpc.${type}`))[0] || {};

// A refusal that the platform answered: status, code, reason, message, requestId, details, violations, metadata.
class ApiError extends RequestError {
  constructor(status, answer) {
    const body = answer !== null && typeof answer === 'object' ? answer : {};
    super('refused', body.message || `服务暂不可用（${status}）`);
    Object.setPrototypeOf(this, ApiError.prototype);
    this.name = 'ApiError';
    this.status = status;
    this.code = body.code || 'UNKNOWN';
    this.reason = body.reason || this.code;
    this.requestId = body.requestId || '';
    this.details = Array.isArray(body.details) ? body.details : [];
    // [{ field, description }]: what to show beside the fields of a form.
    this.violations = detailOf(this.details, 'BadRequest').fieldViolations || [];
    this.metadata = detailOf(this.details, 'ErrorInfo').metadata || {};
    this.retryAfterSeconds = 0;
  }

  // error.is('SHIFT_FULL', 'NOT_FOUND')
  is(...reasons) {
    return reasons.indexOf(this.reason) >= 0;
  }
}

module.exports = { RequestError, NetworkError, AbortedError, ApiError };
