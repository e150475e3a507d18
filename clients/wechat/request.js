// Calls the platform's REST API from a mini-program. Copy this folder into the mini-program; see README.md beside it.
//
// WeChat runs at most ten requests of a mini-program at once: the rest wait here, first come, first served. An expired
// access token is renewed once for all who meet it. What failed on the way is tried again where that cannot do it twice.

const { RequestError, NetworkError, AbortedError, ApiError } = require('./errors.js');

const DEFAULTS = {
  concurrency: 10,
  timeout: 15000, // ms, of one try
  retries: 2, // after the first try
  longestWait: 10000, // ms; a service that asks to come back later than this is not waited for
  storageKey: 'wenming.tokens',
  refreshPath: '/v1/volunteerSessions:refresh',
  language: 'zh-CN',
};

// Of 128 bits: the request ids of the platform are 8 to 64 letters, digits, '-' or '_'.
function makeKey(random) {
  let key = '';
  while (key.length < 32) key += Math.floor(random() * 0x10000).toString(16).padStart(4, '0');
  return key;
}

// { pageSize: 5, filter: { states: ['A', 'B'] } } → "pageSize=5&filter.states=A&filter.states=B".
function encodeQuery(value, name) {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.reduce((all, one) => all.concat(encodeQuery(one, name)), []);
  if (value instanceof Date) return encodeQuery(value.toISOString(), name);
  if (typeof value === 'object') {
    return Object.keys(value).reduce((all, key) => all.concat(encodeQuery(value[key], name ? `${name}.${key}` : key)), []);
  }
  return [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`];
}

function headerOf(headers, wanted) {
  const name = Object.keys(headers || {}).filter((key) => key.toLowerCase() === wanted)[0];
  return name === undefined ? undefined : headers[name];
}

// An answer that was asked for as bytes is refused in JSON all the same.
function parsed(data) {
  if (data instanceof ArrayBuffer) {
    const percents = Array.prototype.map.call(new Uint8Array(data), (byte) => `%${byte.toString(16).padStart(2, '0')}`);
    try {
      return JSON.parse(decodeURIComponent(percents.join('')));
    } catch (malformed) {
      return null;
    }
  }
  return data;
}

// Runs at most `width` tasks at once. A task is a function that calls the one it is given when it is done.
class Queue {
  constructor(width) {
    this.width = width;
    this.running = 0;
    this.waiting = [];
  }

  // `urgent` ones pass all that wait.
  add(task, urgent) {
    if (urgent) this.waiting.unshift(task);
    else this.waiting.push(task);
    this.next();
  }

  remove(task) {
    this.waiting = this.waiting.filter((one) => one !== task);
  }

  next() {
    while (this.running < this.width && this.waiting.length > 0) {
      this.running += 1;
      this.waiting.shift()(() => {
        this.running -= 1;
        this.next();
      });
    }
  }
}

class Client {
  // options: DEFAULTS, and baseUrl, center, onSignedOut, wx; tests also give random and setTimeout.
  constructor(options) {
    this.options = Object.assign({ random: Math.random, setTimeout: (run, ms) => setTimeout(run, ms), onSignedOut() {} },
      DEFAULTS, options);
    if (!this.options.baseUrl) throw new RequestError('usage', 'createClient needs a baseUrl');
    this.wx = this.options.wx || wx; // eslint-disable-line no-undef
    this.queue = new Queue(this.options.concurrency);
    this.kept = this.wx.getStorageSync(this.options.storageKey) || null;
    this.refreshing = null;
  }

  // `tokens` of a log-in's answer, or null.
  get tokens() { return this.kept; }

  signIn(tokens) {
    this.kept = tokens;
    this.wx.setStorageSync(this.options.storageKey, tokens);
  }

  signOut() {
    this.kept = null;
    this.wx.removeStorageSync(this.options.storageKey);
  }

  // A key for `idempotencyKey`, to keep over several calls that mean the same deed.
  newKey() { return makeKey(this.options.random); }

  get(path, options) { return this.request('GET', path, undefined, options); }
  post(path, body, options) { return this.request('POST', path, body, options); }
  put(path, body, options) { return this.request('PUT', path, body, options); }
  patch(path, body, options) { return this.request('PATCH', path, body, options); }
  delete(path, options) { return this.request('DELETE', path, undefined, options); }

  // Resolves with the answer's data; rejects with an error of errors.js. The promise has abort().
  request(method, path, body, options) {
    const call = new Call(this, method, path, body, options || {});
    const promise = call.run();
    promise.abort = () => call.abort();
    return promise;
  }

  // One refresh at a time, whoever asks for it; resolves with whether there are tokens again. It is never tried twice: a
  // refresh token is good once, and a second use ends the session.
  refresh() {
    if (this.refreshing) return this.refreshing;
    const before = this.kept;
    const stop = () => { this.refreshing = null; };
    const options = { auth: false, retries: 0, urgent: true };
    this.refreshing = this.request('POST', this.options.refreshPath, { refreshToken: before.refreshToken }, options)
      .then(({ tokens }) => {
        if (this.kept === before) this.signIn(tokens); // and nobody has signed out meanwhile
      }, (error) => {
        if (!(error.status >= 400 && error.status < 500 && error.status !== 429)) throw error;
        if (this.kept !== before) return;
        this.signOut();
        this.options.onSignedOut(error);
      })
      .then(() => { stop(); return this.kept !== null; }, (error) => { stop(); throw error; });
    return this.refreshing;
  }
}

// One call with its tries.
class Call {
  constructor(client, method, path, body, options) {
    this.client = client;
    this.options = Object.assign({ auth: true }, client.options, options);
    this.method = method;
    this.url = this.options.baseUrl + path;
    const query = encodeQuery(options.query, '').join('&');
    if (query) this.url += `?${query}`;
    // What is posted is JSON, also where there is nothing to say.
    this.body = body === undefined && method === 'POST' ? {} : body;
    this.token = '';
    // A POST to a collection carries a request id, by which the service knows a repeat. A verb (":cancel") may have none:
    // it is only repeated when the caller gives a key.
    const verb = method === 'POST' && path.slice(path.lastIndexOf('/')).indexOf(':') >= 0;
    this.repeatable = !verb || Boolean(options.idempotencyKey);
    this.key = options.idempotencyKey || (method === 'GET' ? '' : client.newKey());
    this.renewed = false;
    this.aborted = false;
    this.stop = () => {};
  }

  run() {
    return this.attempt(0);
  }

  abort() {
    this.aborted = true;
    this.stop();
  }

  attempt(tried) {
    return this.send().catch((error) => {
      if (error.status === 401 && this.token && !this.renewed) return this.renew(error).then(() => this.attempt(tried));
      const wait = this.waitBefore(tried, error);
      if (wait === null) throw error;
      return this.pause(wait).then(() => this.attempt(tried + 1));
    });
  }

  // After this there is another token than the one that was refused, or the error is thrown.
  renew(error) {
    this.renewed = true;
    const { client } = this;
    if (!client.tokens) return Promise.reject(error);
    if (client.tokens.accessToken !== this.token) return Promise.resolve();
    return client.refresh().then((again) => {
      if (!again) throw error;
    });
  }

  // Milliseconds until the next try; null when there is none.
  waitBefore(tried, error) {
    if (tried >= this.options.retries) return null;
    const asked = (error.retryAfterSeconds || 0) * 1000;
    if (asked > this.options.longestWait) return null;
    // Refused before anything was done; without a time to come back it is a limit that waiting does not lift.
    if (error.status === 429) return asked > 0 ? asked : null;
    const lost = error.kind === 'offline' || error.kind === 'timeout' || error.reason === 'COMMIT_UNKNOWN' ||
      error.status === 502 || error.status === 503 || error.status === 504;
    if (!lost || !this.repeatable) return null;
    return Math.max(asked, (0.5 + this.options.random() / 2) * 400 * Math.pow(3, tried));
  }

  pause(milliseconds) {
    return new Promise((resolve, reject) => {
      this.stop = () => reject(new AbortedError());
      if (this.aborted) this.stop();
      else this.options.setTimeout(resolve, milliseconds);
    });
  }

  headers() {
    const headers = { Accept: 'application/json', 'Accept-Language': this.options.language };
    if (this.body !== undefined) headers['Content-Type'] = this.options.contentType || 'application/json';
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (this.options.center) headers['X-Wenming-Center'] = this.options.center;
    if (this.key) headers['Idempotency-Key'] = this.key;
    // wx.request knows no PATCH.
    if (this.method === 'PATCH') headers['X-HTTP-Method-Override'] = 'PATCH';
    return Object.assign(headers, this.options.headers);
  }

  send() {
    const { client } = this;
    return new Promise((resolve, reject) => {
      const task = (done) => {
        if (this.aborted || this.waitsForTokens(() => client.queue.add(task), reject)) {
          done();
          return;
        }
        this.token = this.options.auth && client.tokens ? client.tokens.accessToken : '';
        const running = client.wx.request({
          url: this.url,
          method: this.method === 'PATCH' ? 'POST' : this.method,
          header: this.headers(),
          data: this.body === undefined || this.body instanceof ArrayBuffer ? this.body : JSON.stringify(this.body),
          timeout: this.options.timeout,
          responseType: this.options.responseType || 'text',
          success: (response) => { done(); this.settle(response, resolve, reject); },
          fail: (failure) => { done(); reject(this.failureOf(failure)); },
        });
        this.stop = () => running.abort();
      };
      this.stop = () => { client.queue.remove(task); reject(new AbortedError()); };
      if (this.aborted) reject(new AbortedError());
      else client.queue.add(task, this.options.urgent);
    });
  }

  // While the tokens are being renewed, a call with the old one would only be refused.
  waitsForTokens(resume, reject) {
    const { refreshing } = this.client;
    if (!this.options.auth || !refreshing) return false;
    refreshing.then(resume, reject);
    return true;
  }

  settle(response, resolve, reject) {
    if (response.statusCode >= 200 && response.statusCode < 300) {
      resolve(response.data);
      return;
    }
    const error = new ApiError(response.statusCode, parsed(response.data));
    error.retryAfterSeconds = Number(headerOf(response.header, 'retry-after')) || 0;
    reject(error);
  }

  failureOf(failure) {
    const text = String((failure && failure.errMsg) || '');
    if (this.aborted || /abort/.test(text)) return new AbortedError();
    return new NetworkError(/time ?out/i.test(text) ? 'timeout' : 'offline', failure);
  }
}

const createClient = (options) => new Client(options);

module.exports = { createClient, RequestError, NetworkError, AbortedError, ApiError };
