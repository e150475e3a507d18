// Stands between a service and the database and cuts the connection exactly at a COMMIT: before the server gets it, so that
// it has not taken place, or after that but before the answer, so that it has. The client cannot tell the one from the other.
// It can also be slow: then every statement reaches the server later.

import fs from 'node:fs';
import net from 'node:net';

const HEADER = 4;  // three bytes of length, one of sequence
const STATEMENT = 3;  // COM_QUERY
const EXECUTE = 0x17;  // COM_STMT_EXECUTE

const isCommit = (packet) => packet[3] === 0 && packet[HEADER] === STATEMENT
  && /(^|;)\s*COMMIT\s*;?\s*$/i.test(packet.subarray(HEADER + 1).toString('latin1'));

const isStatement = (packet) => packet[3] === 0 && [STATEMENT, EXECUTE].includes(packet[HEADER]);

// Calls `each` with every whole packet of a stream that comes in pieces.
function packets(each) {
  let rest = Buffer.alloc(0);
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= HEADER && rest.length >= HEADER + rest.readUIntLE(0, 3)) {
      const size = HEADER + rest.readUIntLE(0, 3);
      each(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
  };
}

export class DatabaseProxy {
  #listener;
  #sockets = new Set();
  #due = [];
  #delayMs = 0;

  // Listens on `socket` and forwards to the server's; both are paths of unix sockets.
  constructor(server, socket) {
    Object.assign(this, { server, socket, lost: { before: 0, after: 0 }, delayed: 0 });
    this.#listener = net.createServer((client) => this.#forward(client));
  }

  async start() {
    fs.rmSync(this.socket, { force: true });
    await new Promise((resolve, reject) => this.#listener.once('error', reject).listen(this.socket, resolve));
  }

  // The next COMMIT of any connection is lost: 'before' the server gets it, or 'after'. Several wait their turn.
  loseNext(when) {
    this.#due.push(when);
  }

  // From now on every statement reaches the server so many milliseconds later; 0 ends it.
  delayStatements(milliseconds) {
    this.#delayMs = milliseconds;
  }

  stop() {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#listener.close(resolve));
  }

  // Writes packets to the server in their order; those that come while a slow one waits, wait behind it.
  #slowly(server) {
    let waiting = null;
    const pass = (packet) => {
      if (server.destroyed) return;
      if (waiting) waiting.push(packet);
      else if (this.#delayMs > 0 && isStatement(packet)) {
        waiting = [];
        ++this.delayed;
        setTimeout(() => {
          const behind = waiting;
          waiting = null;
          if (!server.destroyed) server.write(packet);
          behind.forEach(pass);
        }, this.#delayMs).unref();
      } else server.write(packet);
    };
    return pass;
  }

  #forward(client) {
    const server = net.connect(this.server);
    const pass = this.#slowly(server);
    const cut = () => { client.destroy(); server.destroy(); };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => { this.#sockets.delete(socket); cut(); });
    }
    let losing = false;
    const lose = (when) => { ++this.lost[when]; cut(); };
    client.on('data', packets((packet) => {
      const when = isCommit(packet) ? this.#due.shift() : undefined;
      if (when === 'before') return lose('before');
      losing ||= when === 'after';
      pass(packet);
    }));
    server.on('data', (piece) => (losing ? lose('after') : client.write(piece)));
  }
}
