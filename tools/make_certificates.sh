#!/usr/bin/env bash
# usage: tools/make_certificates.sh DIR [CLIENT…]
#
# Makes certificates for development and for tests: into DIR, once, and never touching what is there already. In production
# they come from the county's own authority.
#   ca.key, ca.pem          an authority
#   edge.key, edge.pem      the gRPC edge's certificate, for localhost and 127.0.0.1
#   CLIENT.key, CLIENT.pem  a back end's; its thumbprint is printed, as the registration of the back end takes it
#
# The gateway takes them by --edge-tls-cert, --edge-tls-key and --edge-client-ca.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

dir=${1:?'which directory? see --help'}
shift
umask 077
mkdir -p "$dir"
days=365
curve=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc)

# issue NAME USAGE SUBJECT_ALTERNATIVES
issue() {
  [[ -e $dir/$1.pem ]] && return
  openssl req -x509 "${curve[@]}" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -days "$days" -subj "/CN=$1" \
    -addext basicConstraints=critical,CA:FALSE -addext "extendedKeyUsage=$2" -addext "subjectAltName=$3" \
    -keyout "$dir/$1.key" -out "$dir/$1.pem.new" 2>/dev/null
  mv "$dir/$1.pem.new" "$dir/$1.pem"
}

[[ -e $dir/ca.pem ]] || openssl req -x509 "${curve[@]}" -days "$days" -subj '/CN=wenming development' \
  -keyout "$dir/ca.key" -out "$dir/ca.pem" 2>/dev/null
issue edge serverAuth DNS:localhost,IP:127.0.0.1
for client in "$@"; do
  [[ $client =~ ^[a-z0-9][a-z0-9-]*$ && $client != ca && $client != edge ]] || fail "a client cannot be called \"$client\""
  issue "$client" clientAuth "DNS:$client"
  openssl x509 -in "$dir/$client.pem" -outform DER | openssl dgst -sha256 -binary | openssl base64 | tr '+/' '-_' | tr -d '='
done
