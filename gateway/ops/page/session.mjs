// The log-in of a member of staff. Its tokens stay in this page's memory: who closes or reloads it has to log in again.

const REFRESH_BEFORE_MS = 60000;

// What the gateway, or a service, has refused: `message` is for people, in their language.
export class Refused extends Error {
  constructor(status, reason, message) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export class Session {
  #fetch;
  #now;
  #tokens = null;
  // "zh-CN" or "en": what refusals are told in.
  language;

  /**
   * @param {string} language
   * @param {typeof fetch} fetch_
   * @param {() => number} now in milliseconds
   */
  constructor(language, fetch_ = (...call) => fetch(...call), now = Date.now) {
    this.language = language;
    this.#fetch = fetch_;
    this.#now = now;
  }

  get loggedIn() { return this.#tokens !== null; }

  async logIn(username, password, totpCode) {
    const { tokens } = await this.#call('POST', 'v1/auth:password', { username, password, totpCode, device: 'ops' });
    this.#tokens = tokens;
  }

  // The answer of a GET. A Refused with status 401 means that the session has ended.
  async get(path) {
    try {
      if (this.#tokens !== null && Date.parse(this.#tokens.expireTime) - this.#now() < REFRESH_BEFORE_MS) await this.#refresh();
      return await this.#getInTime(path);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) this.#tokens = null;
      throw error;
    }
  }

  // Forgets the tokens even where nobody could be told.
  async logOut() {
    try {
      await this.#call('POST', 'v1/staffSessions:logOut', {});
    } finally {
      this.#tokens = null;
    }
  }

  // A machine that slept, or whose clock is slow, learns that its token has ended from who refuses it.
  async #getInTime(path) {
    try {
      return await this.#call('GET', path);
    } catch (error) {
      if (!(error instanceof Refused) || error.reason !== 'TOKEN_EXPIRED') throw error;
      await this.#refresh();
      return this.#call('GET', path);
    }
  }

  // Without the token: one that has ended is refused everywhere.
  async #refresh() {
    const { tokens } = await this.#call('POST', 'v1/staffSessions:refresh', { refreshToken: this.#tokens.refreshToken }, null);
    this.#tokens = tokens;
  }

  async #call(method, path, body, token = this.#tokens?.accessToken) {
    const response = await this.#fetch(path, {
      method,
      headers: {
        'Accept-Language': this.language,
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(10000),
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refused(response.status, answer.reason ?? '', answer.message ?? `HTTP ${response.status}`);
    return answer;
  }
}
