#!/usr/bin/env bash
# Installs PostgreSQL 15 or newer with pgvector 0.8 or newer, from the packages of this Debian or Ubuntu. Where the
# packaged pgvector is older or missing (Debian 12), it is compiled from the distribution's next release's source package
# and installed as a package, so that apt can remove it. Does nothing when both are there. Needs root or sudo.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

least=0.8
say() { echo "install PostgreSQL: $*" >&2; }
fail() { say "$*"; exit 1; }
at_least() { dpkg --compare-versions "$1" ge "$2"; }

# installed prints the major version of an installed PostgreSQL that has a new enough pgvector.
installed() {
  local control n
  for control in $(ls -r /usr/share/postgresql/*/extension/vector.control 2>/dev/null); do
    n=$(cut -d/ -f5 <<<"$control")
    [ -x "/usr/lib/postgresql/$n/bin/initdb" ] && [ -e "/usr/lib/postgresql/$n/lib/vector.so" ] || continue
    at_least "$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" "$control")" $least && echo "$n" && return
  done
  return 1
}
installed >/dev/null && exit 0

command -v apt-get >/dev/null || fail "no apt-get here; set DATABASE_URL to a PostgreSQL with pgvector $least or newer"
root=()
[ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && root=(sudo -E) || fail "run this as root, or install sudo"; }
get() { "${root[@]}" apt-get -qq -o DPkg::Lock::Timeout=300 -o APT::Sandbox::User=root "$@" >&2; }
add() { get install -y --no-install-recommends "$@"; }
candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: \([0-9].*\)/\1/p'; }

get update
# Usher starts a server of its own: keep the packages from making one for the whole system.
if ! dpkg -s postgresql-common >/dev/null 2>&1; then
  add postgresql-common
  "${root[@]}" sed -i 's/^#\? *create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
fi

server=
for n in 18 17 16 15; do
  packaged=$(candidate "postgresql-$n-pgvector")
  if [ -n "$packaged" ] && at_least "${packaged#*:}" $least; then
    say "packages postgresql-$n and postgresql-$n-pgvector"
    add "postgresql-$n" "postgresql-$n-pgvector"
    installed >/dev/null || fail "the packages are installed and pgvector is not where it should be"
    exit 0
  fi
  [ -n "$server" ] || [ -z "$(candidate "postgresql-$n")" ] || server=$n
done
[ -n "$server" ] || fail "this system's packages have no PostgreSQL 15 or newer; set DATABASE_URL"

say "package postgresql-$server; pgvector from source"
add "postgresql-$server" gcc make libc6-dev
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"

# Only the headers of the development package: installing it would bring a whole clang.
get download "postgresql-server-dev-$server"
dpkg -x postgresql-server-dev-*.deb headers

# The source package of a newer release, from the mirror that this system uses anyway.
. /etc/os-release
case $ID in
  debian) suite=trixie component=main ;;
  ubuntu) suite=resolute component=universe ;;
  *) fail "unknown system $ID; set DATABASE_URL to a PostgreSQL with pgvector $least or newer" ;;
esac
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $VERSION_CODENAME" | head -n 1)
keys=$(ls /usr/share/keyrings/"$ID"-archive-keyring.* | head -n 1)
echo "deb-src [signed-by=$keys] ${mirror%/} $suite $component" >sources.list
mkdir -p lists/partial source tree/DEBIAN
newer=(-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists" -o APT::Sandbox::User=root)
apt-get -qq "${newer[@]}" update >&2
apt-get -qq "${newer[@]}" source --download-only pgvector >&2
tar -xf pgvector_*.orig.tar.gz -C source --strip-components=1

version=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" source/vector.control)
at_least "$version" $least || fail "the source package has pgvector $version; $least is needed"
build() {
  make -s -C source -j "$(nproc)" USE_PGXS=1 "PG_CONFIG=/usr/lib/postgresql/$server/bin/pg_config" with_llvm=no OPTFLAGS= \
    "PG_CPPFLAGS=-I$work/headers/usr/include/postgresql/$server/server" "$@" >&2
}
build
build install "DESTDIR=$work/tree"
rm -rf tree/usr/include
cat >tree/DEBIAN/control <<CONTROL
Package: postgresql-$server-pgvector
Version: $version-0usher1
Architecture: $(dpkg --print-architecture)
Maintainer: Usher <usher@localhost>
Depends: postgresql-$server
Section: database
Priority: optional
Description: pgvector $version for PostgreSQL $server, compiled on this machine
CONTROL
dpkg-deb --root-owner-group --build tree pgvector.deb >/dev/null
"${root[@]}" dpkg -i pgvector.deb >&2
installed >/dev/null || fail "pgvector is compiled and installed, and not where it should be"
