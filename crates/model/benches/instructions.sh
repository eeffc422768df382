#!/usr/bin/env bash
# Instructions per event of the kernel, under callgrind, against the numbers in instructions.txt: times on
# shared machines are noisy, counts are not. `--update` writes the numbers anew.
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v valgrind >/dev/null; then
  echo "valgrind is not installed: instructions are not counted"
  exit 0
fi
kernel=$(cargo bench --locked -p dayzero-model --bench kernel --no-run --message-format=json 2>/dev/null |
  grep -o '"executable":"[^"]*/kernel-[^"]*"' | tail -1 | cut -d'"' -f4)

count() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$kernel" --count "$1" "$2" "$3" 2>&1 |
    sed -n 's/.*Collected : //p'
}

status=0
counted=""
for kind in "1 0" "5 0" "1 2" "5 2"; do
  read -r factors windows <<<"$kind"
  few=$(count "$factors" "$windows" 2000)
  many=$(count "$factors" "$windows" 12000)
  per_event=$(((many - few) / 10000))
  counted+="$kind $per_event"$'\n'
  known=$(awk -v kind="$kind" '$1 " " $2 == kind { print $3 }' instructions.txt 2>/dev/null || true)
  echo "$factors factors, $windows windows: $per_event instructions per event, ${known:-none} known"
  if [ -n "$known" ] && [ $((per_event * 100)) -gt $((known * 105)) ]; then
    echo "more than 5 % above: find out why, or run $0 --update" >&2
    status=1
  fi
done
if [ "${1:-}" = "--update" ]; then
  printf '%s' "$counted" >instructions.txt
  exit 0
fi
exit $status
