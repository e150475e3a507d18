#!/usr/bin/env bash
# usage: tools/make_keys.sh DIR
#
# Generates the key material of a stack into DIR, once; what is there already is never touched.
#   SERVICE.sign.pem, SERVICE.verify.pem   the ES256 (P-256) key pair that signs a service's tokens
#   certificate.sign.pem, certificate.public.pem
#                                          the Ed25519 key pair that signs certificates
#   data.key                               32 bytes as hex: encrypts personal data
#   index.key                              32 bytes as hex: the blind index over personal data
#   check_code.key                         32 bytes as hex: check-in codes
#   page.key                               32 bytes as hex: page tokens
#   audit.key                              32 bytes as hex: the seals and the chain of the audit log
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

dir=${1:?'which directory? see --help'}
umask 077
mkdir -p "$dir"

# keep NAME COMMAND…: the command's output becomes the file NAME, whole or not at all, unless it exists.
keep() {
  local file=$dir/$1
  shift
  [[ -e $file ]] && return
  "$@" >"$file.new"
  mv "$file.new" "$file"
}

for service in org_svc volunteer_svc activity_svc; do
  # After a rotation the newest pair has a generation in its name, and the first may be gone for good.
  if compgen -G "$dir/$service.*.sign.pem" >/dev/null; then continue; fi
  keep "$service.sign.pem" openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256
  keep "$service.verify.pem" openssl pkey -in "$dir/$service.sign.pem" -pubout
done
if ! compgen -G "$dir/certificate.*.sign.pem" >/dev/null; then
  keep certificate.sign.pem openssl genpkey -algorithm ED25519
  keep certificate.public.pem openssl pkey -in "$dir/certificate.sign.pem" -pubout
fi
for name in data index check_code page audit; do
  keep "$name.key" openssl rand -hex 32
done
