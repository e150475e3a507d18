#!/usr/bin/env bash
# usage: tools/install.sh [--check] [TOPIC…]
#
# Installs what is missing: the Debian packages of tools/packages.txt by apt-get (through sudo for an ordinary user), and
# the npm packages that package-lock.json pins, by `npm ci`. Says nothing when all is there.
#
#   --check   install nothing; name what is missing, exit status 1 if anything is
#   TOPIC     also the packages marked "for TOPIC"
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

check=
topics=' '
for argument in "$@"; do
  case $argument in
    --check) check=yes ;;
    -*) fail "unknown option $argument" 'see tools/install.sh --help' ;;
    *) topics+="$argument " ;;
  esac
done

# The packages that this machine is asked to have.
wanted_packages() {
  local name word value
  while read -r name word value; do
    case $word in
      '') ;;
      unless) ! have "$value" || continue ;;
      for) [[ $topics == *" $value "* ]] || continue ;;
      *) fail "tools/packages.txt: cannot read \"$name $word $value\"" ;;
    esac
    echo "$name"
  done < <(grep -v -e '^#' -e '^$' "$ROOT/tools/packages.txt")
}

missing_packages() {
  local wanted installed
  wanted=$(wanted_packages | sort -u)
  # dpkg-query fails when it knows one of them not at all.
  # shellcheck disable=SC2086  # one word a package
  installed=$({ dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null || true; } |
    sed -n 's/^installed //p' | sort -u)
  comm -23 <(echo "$wanted") <(echo "$installed")
}

# Debian's Prometheus brings a system service that would start at once, on the very port 9090 that the gateway's gRPC edge has,
# and nginx one that answers on port 80. The link to nowhere is how systemd is told never to start it; whoever wants it removes
# the link.
keep_service_off() {
  local unit=/etc/systemd/system/$1.service
  [[ -d /etc/systemd/system && ! -e $unit && ! -L $unit ]] || return 0
  "${@:2}" ln -s /dev/null "$unit"
}

install_packages() {
  local as_root=() packages=("$@")
  local apt=(apt-get install -y --no-install-recommends)
  if [[ $EUID -ne 0 ]]; then
    have sudo || fail "Debian packages are missing, and only root may install them." \
      "As root run: apt-get update && ${apt[*]} ${packages[*]}"
    as_root=(sudo)
  fi
  [[ " ${packages[*]} " != *' prometheus '* ]] || keep_service_off prometheus "${as_root[@]}"
  [[ " ${packages[*]} " != *' nginx-light '* ]] || keep_service_off nginx "${as_root[@]}"
  step "Installing ${#packages[@]} Debian packages: ${packages[*]}"
  # RUNLEVEL: the same for machines without systemd.
  as_root+=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1)
  "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=300 update ||
    fail 'apt-get update failed.' 'Is there a network, and does /etc/apt/sources.list name a Debian 12 mirror?'
  "${as_root[@]}" "${apt[@]}" -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "${packages[@]}" ||
    fail 'apt-get could not install the packages.' "Try it by hand: ${apt[*]} ${packages[*]}"
}

check_node() {
  local version
  version=$(node --version)
  [[ ${version#v} =~ ^([0-9]+)\. && ${BASH_REMATCH[1]} -ge 18 ]] ||
    fail "node is $version ($(command -v node)); wenming needs 18 or later." \
      "Debian 12's own will do: remove this one and run the command again."
}

# npm writes node_modules/.package-lock.json last, so it is newer than the lock file that it installed.
npm_is_current() { [[ $ROOT/node_modules/.package-lock.json -nt $ROOT/package-lock.json ]]; }

listed=$(missing_packages)
missing=()
[[ -z $listed ]] || mapfile -t missing <<<"$listed"

if [[ $check ]]; then
  [[ ${#missing[@]} -eq 0 ]] || echo "Debian packages: ${missing[*]}"
  npm_is_current || echo 'npm packages: node_modules is missing or older than package-lock.json'
  [[ ${#missing[@]} -eq 0 ]] && npm_is_current
  exit
fi

[[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
check_node
if ! npm_is_current; then
  step 'Installing the npm packages pinned by package-lock.json'
  # One of them would tell its makers of the installation.
  (cd "$ROOT" && SCARF_ANALYTICS=false npm ci --no-audit --no-fund --loglevel=error) ||
    fail 'npm ci failed.' 'Is there a network? Its log is named above; `npm ci` in the tree repeats it.'
  touch "$ROOT/node_modules/.package-lock.json"
fi
