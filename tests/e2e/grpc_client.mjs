// A gRPC client of a few lines, on node's own HTTP/2: one unary call with bytes in and bytes out. It shares no code with the
// services, which is what makes it a test of the protocol.

import http2 from 'node:http2';

// A length-delimited field of a protobuf message.
export function field(number, text) {
  const bytes = Buffer.from(text);
  if (bytes.length > 127) throw new Error('longer than a one-byte length');
  return Buffer.concat([Buffer.from([number << 3 | 2, bytes.length]), bytes]);
}

function frame(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

// Resolves with { status, message, reply, headers }: the grpc-status as a number, the bytes of the reply. With `tls` ({ ca,
// cert, key } in PEM) over TLS.
export function unary(address, method, message, metadata = {}, tls = null) {
  return new Promise((resolve, reject) => {
    const connection = http2.connect(`${tls ? 'https' : 'http'}://${address}`, tls ?? {});
    connection.on('error', reject);
    connection.on('close', () => reject(new Error('the connection ended without an answer')));
    const stream = connection.request({
      ':method': 'POST', ':path': method, 'content-type': 'application/grpc', te: 'trailers', 'grpc-timeout': '10S', ...metadata,
    });
    const chunks = [];
    let headers;
    let trailers;
    stream.on('response', (received) => { headers = received; });
    stream.on('trailers', (received) => { trailers = received; });
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => {
      connection.close();
      const told = trailers ?? headers;  // an answer without a message has its status in the headers
      const body = Buffer.concat(chunks);
      resolve({
        status: Number(told['grpc-status']), message: told['grpc-message'] ?? '',
        reply: body.subarray(5), headers: { ...headers, ...trailers },
      });
    });
    stream.end(frame(message));
  });
}
