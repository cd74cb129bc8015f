#!/bin/bash
# A whole draw, from an invented register to what somebody outside checks.
# Started by "make demo", beside a throw-away server; the published files are
# handed to the folder that RESULTS names.  Ends with an error if any step does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
verifier=$(cd "$here/../../verify" && pwd)/fairdraw-verify
published=$RESULTS/published
mkdir -p "$published"
cd "$published"

export PGDATABASE=demo PGOPTIONS='-c client_min_messages=warning' PGCLIENTENCODING=UTF8
trap '[ $? = 0 ] || echo "THE DEMO FAILED in line $LINENO: $BASH_COMMAND" >&2' EXIT

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
note() { printf '   %s\n' "$*"; }
fail() { echo "$*" >&2; exit 1; }
# as whom, and what: shown, and done
run() {
	printf '   %s=> %s\n' "$1" "${2//$'\n'/$'\n'      }"
	psql -Xq -U "$1" -v ON_ERROR_STOP=1 -P footer=off -P pager=off -c "$2" | sed '/^$/d; s/^/   /'
}
# the same, but it has to be refused
refused() {
	local status=0 answer
	printf '   %s=> %s\n' "$1" "$2"
	answer=$(psql -XqAt -U "$1" -v ON_ERROR_STOP=1 -c "$2" 2>&1) || status=$?
	[ "$status" != 0 ] || fail "this was not refused: $2"
	grep -E '^(ERROR|HINT)' <<<"$answer" | cut -c 1-130 | sed 's/^/   /'
}
value() { psql -XqAt -U "$1" -v ON_ERROR_STOP=1 -c "$2"; }
short() { cut -c 1-"${1:-118}" | sed 's/^/   /'; }
# what somebody outside runs: no database, an empty environment
outside() { env -i PATH="$PATH" PYTHONIOENCODING=utf-8 python3 "$verifier" "$@"; }

createdb -E UTF8 -T template0 "$PGDATABASE"
psql -Xq -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION fairdraw' -f "$here/register.sql"

step '1 · The register  检查对象名录库'
run postgres "SELECT risk, fairdraw.label(risk), count(*), round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS \"%\",
       min(weight) AS weight, count(*) FILTER (WHERE status <> '存续') AS excluded
FROM enterprise LEFT JOIN sampling_frame ON uid = uscc GROUP BY risk ORDER BY risk"
note 'Strata: eight stations (监管所), 3 % of each; the special key area (特殊重点领域), all of it.'

step '2 · Duties  职责: the office draws, the auditor checks, nobody else sees anything'
run postgres "SELECT fairdraw.setup('示例市市场监督管理局')" >/dev/null
psql -Xq -v ON_ERROR_STOP=1 -c 'CREATE ROLE office LOGIN' -c 'CREATE ROLE auditor LOGIN' -c 'CREATE ROLE clerk LOGIN' \
	-c "SELECT fairdraw.grant_duty('drawer', 'office'), fairdraw.grant_duty('auditor', 'auditor')" \
	-c 'GRANT SELECT ON enterprise, inspector, sampling_frame, not_drawn, sizes TO office' \
	-c 'GRANT SELECT ON enterprise, sampling_frame TO auditor' >/dev/null
note "setup('示例市市场监督管理局'), grant_duty('drawer', 'office'), grant_duty('auditor', 'auditor')"

step '3 · Commit  承诺: everything that decides is frozen before any number exists'
# the evening draws of next Saturday and Sunday, Beijing time
entropy=$(value office "SELECT array[
	to_char(saturday, '\"dice local 51 \"YYYY-MM-DD\"T02:00:00Z #################### twenty dice, thrown before witnesses\"'),
	to_char(saturday, '\"dlt public 24 \"YYYY-MM-DD\"T13:25:00Z ##,##,##,##,##+##,## 大乐透 of \"YYYY-MM-DD'),
	to_char(saturday + 1, '\"ssq public 24 \"YYYY-MM-DD\"T13:15:00Z ##,##,##,##,##,##+## 双色球 of \"YYYY-MM-DD')]
	FROM (SELECT date_trunc('week', now() AT TIME ZONE 'Asia/Shanghai')::date + 12) s (saturday)")
run office "SELECT fairdraw.open_ceremony('抽查演练', '…', '本局网站',
       current_date + 60, rehearsal => true)" >/dev/null 2>&1 || true
