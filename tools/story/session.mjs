// Calls to wenming's HTTP API as one caller: with a token or without, now or, in development, at another time.

export class Refused extends Error {
  constructor(exchange) {
    const { method, path, status, answer } = exchange;
    super(`${method} ${path} → ${status} ${answer?.reason ?? ''} ${answer?.message ?? ''}`.trim());
    this.exchange = exchange;
    this.status = status;
    this.reason = answer?.reason;
  }
}

// Immutable; as(), at() and in() give changed copies. `base` is "http://127.0.0.1:8080".
export class Session {
  constructor(base, { token = '', time = null, language = '' } = {}) {
    Object.assign(this, { base, token, time, language });
  }

  as(token) { return new Session(this.base, { ...this, token }); }
  at(time) { return new Session(this.base, { ...this, time }); }
  in(language) { return new Session(this.base, { ...this, language }); }

  headers(more) {
    return {
      ...(this.token && { authorization: `Bearer ${this.token}` }),
      ...(this.time && { 'x-wenming-now': this.time.toISOString() }),
      ...(this.language && { 'accept-language': this.language }),
      ...more,
    };
  }

  // Sends `body` (an object becomes JSON) and resolves with { method, path, body, time, status, answer, raw }, whatever the
  // status is. Rejects only when there was no answer at all.
  async send(method, path, body, more = {}) {
    const text = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const headers = this.headers({ ...(text !== undefined && { 'content-type': 'application/json' }), ...more });
    const response = await fetch(this.base + path, { method, headers, body: text, signal: AbortSignal.timeout(30000) });
    const raw = await response.text();
    let answer = raw;
    try {
      answer = JSON.parse(raw);
    } catch {
      // Not JSON: kept as the text it is.
    }
    return { method, path, body, time: this.time, status: response.status, answer, raw };
  }

  // The answer; a status other than 200 is a Refused.
  async call(method, path, body, more) {
    const exchange = await this.send(method, path, body, more);
    if (exchange.status !== 200) throw new Refused(exchange);
    return exchange.answer;
  }

  get(path) { return this.call('GET', path); }
  post(path, body = {}, more) { return this.call('POST', path, body, more); }

  // All pages of a list; `field` is where the items stand.
  async list(path, field) {
    const items = [];
    let token = '';
    do {
      const separator = path.includes('?') ? '&' : '?';
      const page = await this.get(`${path}${separator}pageSize=1000${token && `&pageToken=${encodeURIComponent(token)}`}`);
      items.push(...page[field]);
      token = page.nextPageToken;
    } while (token);
    return items;
  }
}
