#!/bin/sh
# Sets Annals up as a service of systemd, from the executable that was downloaded; does it again to upgrade.
set -eu
umask 022

usage() {
  cat <<'END'
Usage: install.sh [--root DIR] EXECUTABLE
       install.sh [--root DIR] --remove [--purge]

Installs the executable as /usr/local/bin/annals, with a user, folders and a unit of systemd, and a configuration in
/etc/annals unless there is one. Installing again upgrades: it puts the new executable in place of the old one, and
starts the service again if it runs.

  --remove    takes all of that away again, but for the archives and the configuration
  --purge     with --remove: deletes these too, and the user
  --root DIR  lays the files out below DIR, as packages and images need it, and leaves the running system alone

Example: install.sh ./annals-linux-x64
END
}

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

# Prints a file that is installed. A release has them all in this script, behind its last line.
part() {
  if [ -d "$(dirname "$0")/systemd" ]; then
    cat "$(dirname "$0")/systemd/$1"
  else
    sed -n "/^#== $1\$/,/^#==\$/{/^#==/d;p;}" "$0"
  fi
}

# Replaces a file at once, so that nobody finds half of it: put PATH MODE < CONTENT
put() {
  mkdir -p "$(dirname "$1")"
  (umask 077 && cat >"$1.new")
  chmod "$2" "$1.new"
  mv -f "$1.new" "$1"
}

set_up() {
  [ -f "$1" ] || fail "Cannot find the executable \"$1\""
  chmod +x "$1" 2>/dev/null || :
  executable=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
  "$executable" version || fail "Cannot run \"$1\": expected an executable of Annals for this machine"

  put "$binary" 755 <"$executable"
  part annals.service | put "$unit" 644
  part annals.sysusers.conf | put "$sysusers" 644
  part annals.tmpfiles.conf | put "$tmpfiles" 644
  install -d -m 750 "$configuration"
  install -d -m 700 "$archives"
  [ -e "$configuration/config.toml" ] || configure "$executable"

  if [ "$live" = yes ]; then
    systemd-sysusers "$sysusers"
    systemd-tmpfiles --create "$tmpfiles"
    systemctl daemon-reload
    systemctl try-restart annals.service
  fi
}

# Writes the configuration that Annals itself prints, with the archive where the unit lets it be, and a secret.
configure() {
  secret=$(od -An -N 16 -t x1 /dev/urandom | tr -d ' \n')
  options=$("$1" help options)
  printf '%s\n' "$options" | sed -e "s|^# secret = .*|secret = \"$secret\"|" \
    -e 's|^path = "data/archive2.sqlite"|path = "/var/lib/annals/archive2.sqlite"|' |
    put "$configuration/config.toml" 640
  cat <<END

Edit $configuration/config.toml, tell the XMPP server of its secret, then:

  annals check --config $configuration/config.toml
  systemctl enable --now annals
END
}

tear_down() {
  if [ "$live" = yes ] && [ -e "$unit" ]; then systemctl disable --now annals.service; fi
  rm -f "$binary" "$unit" "$sysusers" "$tmpfiles"
  if [ "$live" = yes ]; then systemctl daemon-reload; fi
  if [ "$purge" = no ]; then
    printf 'Kept the archives in %s and the configuration in %s\n' "$archives" "$configuration"
    return
  fi
  rm -rf "$archives" "$configuration"
  if [ "$live" = yes ] && id annals >/dev/null 2>&1; then userdel annals; fi
}

root='' live=yes remove=no purge=no file=''
while [ $# -gt 0 ]; do
  case $1 in
    --root)
      [ -n "${2-}" ] || fail '--root: Found no folder, expected --root DIR' 64
      root=${2%/} live=no
      shift
      ;;
    --remove) remove=yes ;;
    --purge) purge=yes ;;
    -h | --help) usage; exit ;;
    -*) fail "Unknown option $1; expected --root, --remove, --purge" 64 ;;
    *) [ -z "$file" ] || fail "Found \"$1\" too, expected one executable" 64; file=$1 ;;
  esac
  shift
done

binary=$root/usr/local/bin/annals
unit=$root/etc/systemd/system/annals.service
sysusers=$root/etc/sysusers.d/annals.conf
tmpfiles=$root/etc/tmpfiles.d/annals.conf
configuration=$root/etc/annals
archives=$root/var/lib/annals

if [ "$live" = yes ]; then
  [ "$(id -u)" = 0 ] || fail 'Cannot set up a service: expected to run as root, or --root DIR'
  command -v systemctl >/dev/null || fail 'Cannot find systemctl, expected a system that runs systemd'
fi
case $remove$purge$file in
  yesyes | yesno) tear_down ;;
  noyes*) fail 'Found --purge, expected --remove with it' 64 ;;
  yes*) fail "Found \"$file\", expected --remove alone" 64 ;;
  nono) usage >&2; exit 64 ;;
  *) set_up "$file" ;;
esac
exit
