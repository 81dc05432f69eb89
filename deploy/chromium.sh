#!/bin/sh
# Finds Chromium for the browser tests, or installs it with the system's package manager.
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
[ "$(id -u)" = 0 ] && as_root="" || as_root="sudo -n"
echo "Cài Chromium cho kiểm thử trên trình duyệt… · Installing Chromium for the browser tests…"
log=$(mktemp)
if command -v apt-get >/dev/null 2>&1; then
  { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium; } >"$log" 2>&1
elif command -v dnf >/dev/null 2>&1; then
  $as_root dnf install -y -q chromium >"$log" 2>&1
elif command -v apk >/dev/null 2>&1; then
  $as_root apk add --quiet chromium >"$log" 2>&1
elif command -v pacman >/dev/null 2>&1; then
  $as_root pacman -S --noconfirm --quiet chromium >"$log" 2>&1
fi
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && { rm -f "$log"; exit 0; }
done
tail -n 3 "$log" >&2
rm -f "$log"
echo "Chưa có Chromium và chưa tự cài được; hãy cài gói chromium rồi chạy lại make test · Chromium is missing and could not be installed; install the package chromium, then run make test again" >&2
exit 2
