#!/usr/bin/env bash
# usage: tools/make_keys.sh DIR
#
# Generates the key material of a stack into DIR, once; what is there already is never touched. (After a rotation, or once a
# private half was lost, the pair in force has its generation in its name: certificate.2.sign.pem.)
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

# newest NAME ENDING: the highest generation of the files NAME[.N].ENDING.pem, 0 without a number; nothing without a file.
newest() {
  local file generation
  for file in "$dir/$1.$2.pem" "$dir/$1."*".$2.pem"; do
    generation=${file#"$dir/$1."}
    generation=${generation%"$2.pem"}
    generation=${generation%.}
    if [[ -e $file && ${generation:-0} =~ ^[0-9]+$ ]]; then echo "${generation:-0}"; fi
  done | sort -n | tail -n 1
}

# pair NAME ENDING OPTION…: the key pair in force, its public half made again from the other where it is missing. A
# private half that was lost is followed by a new pair: the public halves of old ones are needed still.
pair() {
  local name=$1 ending=$2 generation old
  generation=$(newest "$name" sign)
  old=$(newest "$name" "$ending")
  if [[ -z $generation ]]; then generation=$((${old:--1} + 1)); fi
  if ((generation > 0)); then name=$name.$generation; fi
  keep "$name.sign.pem" openssl genpkey "${@:3}"
  keep "$name.$ending.pem" openssl pkey -in "$dir/$name.sign.pem" -pubout
}

for service in org_svc volunteer_svc activity_svc; do
  pair "$service" verify -algorithm EC -pkeyopt ec_paramgen_curve:P-256
done
pair certificate public -algorithm ED25519
for name in data index check_code page audit; do
  keep "$name.key" openssl rand -hex 32
done
