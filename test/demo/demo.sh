#!/bin/bash
# A whole draw, from an invented register to what somebody outside checks, until
# when its results are public, and what they say about everybody.
# Started by "make demo", beside a throw-away server; the published files are
# handed to the folder that RESULTS names.  Ends with an error if any step does.
set -Eeuo pipefail
trap 'echo "THE DEMO FAILED in line $LINENO" >&2' ERR
here=$(cd "$(dirname "$0")" && pwd)
verifier=$(cd "$here/../../verify" && pwd)/fairdraw-verify
mkdir -p "$RESULTS/published"
cd "$RESULTS/published"
export PGDATABASE=demo PGCLIENTENCODING=UTF8 PGOPTIONS='-c client_min_messages=warning'

bold='' plain=''
if [ -t 1 ]; then bold=$'\033[1m' plain=$'\033[0m'; fi
step() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
note() { printf '   %s\n' "$*"; }
fail() { echo "$*" >&2; false; }
sql() { psql -Xq -v ON_ERROR_STOP=1 -P footer=off -P pager=off -U "$@"; }
shown() { printf '   %s=> %s\n' "$1" "${2//$'\n'/$'\n'      }"; }
indented() { sed '/^$/d; s/^/   /'; }
# as whom, and what: shown, done, and the table that comes of it
table() {
	shown "$@"
	sql "$1" -c "$2" | indented
}
# the same, for what returns one value or nothing
call() {
	local answer
	shown "$@"
	answer=$(sql "$1" -At -c "$2")
	[ -z "$answer" ] || note "$answer"
}
# the same, but it has to be refused
refused() {
	local status=0 answer
	shown "$@"
	answer=$(sql "$1" -At -c "$2" 2>&1) || status=$?
	[ "$status" != 0 ] || fail "this was not refused: $2"
	grep -E '^(ERROR|HINT)' <<<"$answer" | short
}
value() { sql "$1" -At -c "$2"; }
short() { sed -E 's/^(.{112}).+/\1…/; s/^/   /'; }
# what somebody outside runs: no database, an empty environment
outside() { env -i PATH="$PATH" PYTHONIOENCODING=utf-8 python3 "$verifier" "$@"; }

createdb -E UTF8 -T template0 "$PGDATABASE"
sql postgres -c 'CREATE EXTENSION fairdraw' -f "$here/register.sql"

step '1 · The register  检查对象名录库'
sql postgres -c "SELECT risk, fairdraw.label(risk), count(*), round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS \"%\",
  count(*) FILTER (WHERE status <> '存续') AS excluded, min(weight) AS weight
  FROM enterprise LEFT JOIN sampling_frame ON uid = uscc GROUP BY risk ORDER BY risk" | indented
note 'Strata: eight stations (监管所), 3 % of each; the special key area (特殊重点领域), all of it.'

step '2 · Duties  职责: the office draws, the auditor checks, nobody else sees anything'
call postgres "SELECT fairdraw.setup('示例市市场监督管理局')"
sql postgres -c 'CREATE ROLE office LOGIN' -c 'CREATE ROLE auditor LOGIN' -c 'CREATE ROLE clerk LOGIN' \
	-c 'GRANT SELECT ON enterprise, inspector, recusal, sampling_frame, not_drawn, sizes, visit_rule TO office' \
	-c 'GRANT SELECT ON enterprise, inspector, recusal, sampling_frame TO auditor'
call postgres "SELECT fairdraw.grant_duty('drawer', 'office'); SELECT fairdraw.grant_duty('auditor', 'auditor')"

step '3 · Commit  承诺: everything that decides is frozen before any number exists'
# the evening draws of the Saturday and Sunday of next week, Beijing time
saturday=$(value office "SELECT date_trunc('week', now() AT TIME ZONE 'Asia/Shanghai')::date + 12")
sunday=$(value office "SELECT date '$saturday' + 1")
call office "SELECT fairdraw.open_ceremony('演练一', ARRAY[
  'dice local 51 ${saturday}T02:00:00Z #################### twenty dice, thrown before witnesses',
  'dlt public 24 ${saturday}T13:25:00Z ##,##,##,##,##+##,## 大乐透 of $saturday',
  'ssq public 24 ${sunday}T13:15:00Z ##,##,##,##,##,##+## 双色球 of $sunday'],
  'the web site of the agency', date '$sunday' + 60, rehearsal => true)"
call office "SELECT fairdraw.commit_draw('演练一', '抽查一', 'TABLE sampling_frame', (SELECT sizes FROM sizes),
  exclusions => 'TABLE not_drawn', register => 'SELECT uscc AS uid FROM enterprise')"
note 'Who may be sent (staff), where to and how (rules), and who must not go where (recusals):'
call office "SELECT fairdraw.commit_data('演练一', 'staff', 'TABLE inspector'),
  fairdraw.commit_data('演练一', 'rules', 'TABLE visit_rule'), fairdraw.commit_data('演练一', 'recusals', 'TABLE recusal')" |
	sed '$d'
call office "SELECT fairdraw.commit_lottery('演练一', '派员一', ARRAY['抽查一'], 'staff', 'rules', 'recusals',
  '{\"groups\": {\"lead\": {\"min\": 1}}, \"min_pool\": 5}')"

step '4 · Seal and publish  封存并公布: from here on nothing can be changed'
call office "SELECT fairdraw.seal_ceremony('演练一')"
value office "SELECT fairdraw.ceremony_text('演练一')" >ceremony.txt
value office "SELECT fairdraw.plan_text('抽查一')" >plan.txt
value office "SELECT fairdraw.lottery_text('派员一')" >lottery.txt
hash=$(sha256sum <ceremony.txt | cut -d ' ' -f 1)
[ "$hash" = "$(value office "SELECT hash FROM fairdraw_data.seal")" ] || fail 'the published text has another hash'
note 'That is sha256sum of ceremony.txt, which goes onto the web site and into the newspaper.'
refused office "SELECT fairdraw.commit_data('演练一', 'recusals2', 'TABLE recusal')"

step '5 · The numbers come  随机数产生: now, and not before'
balls() { shuf --random-source=/dev/urandom -i "1-$1" -n "$2" | sort -n | xargs printf ',%02d' | cut -c 2-; }
dice=$(shuf --random-source=/dev/urandom -r -i 1-6 -n 20 | tr -d '\n')
dlt="$(balls 35 5)+$(balls 12 2)"
ssq="$(balls 33 6)+$(balls 16 1)"
note '(A rehearsal waits for no date; in place of dice and lotteries the random numbers of this machine.)'
call office "SELECT fairdraw.execute_ceremony('演练一',
  '{\"dice\": \"$dice\", \"dlt\": \"$dlt\", \"ssq\": \"$ssq\"}')"
refused office "SELECT fairdraw.execute_ceremony('演练一', '{\"dice\": \"$dice\", \"dlt\": \"$dlt\", \"ssq\": \"$ssq\"}')"

step '6 · The drawn list  抽中名单'
table office "SELECT role, rank, uid, name, risk FROM fairdraw.selection('抽查一') JOIN enterprise ON uscc = uid
WHERE stratum = '新城所' AND (rank <= 3 OR role = 'reserve')"
note 'Wanted against drawn: expected is the sum of the probabilities of the units of a class, n·weight/W.'
sql auditor -c "SELECT risk, count(*) AS units, round(sum(CASE WHEN s.role = 'certain' THEN 1 ELSE c.n * f.micro::numeric / c.w END), 1) AS expected,
  count(s.uid) AS drawn, round(100.0 * count(s.uid) / count(*), 1) AS \"drawn %\"
  FROM fairdraw_data.frame f
  JOIN fairdraw_data.cutoff c USING (draw, stratum)
  JOIN enterprise ON uscc = f.uid
  LEFT JOIN fairdraw.selection('抽查一') s ON s.uid = f.uid AND s.role <> 'reserve'
  GROUP BY ROLLUP (risk) ORDER BY risk" | indented

step '7 · The teams  检查组: the same numbers decide who goes where'
call office "SELECT fairdraw.execute_lottery('派员一')"
table office "SELECT e.name, inspector, coalesce(i.station, '局机关') AS from, lead, round(100.0 * numerator / denominator, 2) AS \"chance %\"
FROM fairdraw.teams('派员一') JOIN inspector i USING (inspector) JOIN enterprise e ON uscc = uid
WHERE role = 'team' AND uid IN (SELECT uid FROM fairdraw.selection('抽查一') WHERE stratum = '新城所' AND rank <= 2)"
note 'What a supervisor reads out of lottery_metrics():'
value auditor "SELECT format(E'%s places at %s visits, %s inspectors; the fewest who may go to a visit: %s\n'
    'likeliest inspector of a visit: at most %s %%, on the average %s %%; forced pairs: %s\n'
    'visits an inspector: expected %s to %s, drawn %s to %s (0: ZF0012, whose licence has run out)\n'
    'pairs kept out: %s unqualified, %s without a valid licence, %s recused; recused and sent: %s',
    m ->> 'places', m ->> 'visits', m ->> 'inspectors', m ->> 'smallest_pool',
    round(100 * (m ->> 'largest_probability')::numeric, 1), round(100 * (m ->> 'mean_largest_probability')::numeric, 1),
    m ->> 'forced_pairs', round((m #>> '{expected_load,min}')::numeric, 2), round((m #>> '{expected_load,max}')::numeric, 2),
    round((m #>> '{load,min}')::numeric), round((m #>> '{load,max}')::numeric),
    m #>> '{excluded_pairs,unqualified}', m #>> '{excluded_pairs,licence}', m #>> '{excluded_pairs,recused}',
    (SELECT count(*) FROM fairdraw.teams('派员一') t JOIN inspector i USING (inspector) JOIN recusal r USING (uid)
     WHERE t.role = 'team' AND (r.inspector = t.inspector OR r.exclusion_group = i.exclusion_group)))
  FROM fairdraw.lottery_metrics('派员一') m" | indented
IFS='|' read -r visit ill < <(value office "SELECT uid, replaces[1] FROM fairdraw.substitutes('派员一') JOIN fairdraw.selection('抽查一') s USING (uid)
  WHERE stratum = '新城所' AND s.rank <= 2 AND replaces <> '{}' AND spare > 0 LIMIT 1")
[ -n "$ill" ] || fail 'nobody can be replaced'
note "$ill falls ill before one of these visits. Nobody chooses who goes instead:"
table office "SELECT rank, inspector, replaces, spare FROM fairdraw.substitutes('派员一') WHERE uid = '$visit'"
instead=$(value office "SELECT inspector FROM fairdraw.substitutes('派员一')
  WHERE uid = '$visit' AND '$ill' = ANY (replaces) AND spare > 0 ORDER BY rank LIMIT 1")
note "$instead is the first who may replace $ill and has visits to spare."

step '8 · Check inside  库内核验'
call auditor "SELECT ok, string_agg(item, ', ') FROM fairdraw.verify_draw('抽查一') GROUP BY ok"
call auditor "SELECT ok, string_agg(item, ', ') FROM fairdraw.verify_lottery('派员一') GROUP BY ok"
[ "$(value auditor "SELECT bool_and(ok) FROM fairdraw.verify_draw('抽查一')")" = t ] || fail 'verify_draw() finds a fault'
[ "$(value auditor "SELECT bool_and(ok) FROM fairdraw.verify_lottery('派员一')")" = t ] || fail 'verify_lottery() finds a fault'

step '9 · Disclose, export, check outside  公开与库外核验'
call office "SELECT fairdraw.disclose_seed('演练一')"
psql -XAtqo bundle-public.txt -U office -c "SELECT fairdraw.export_draw('抽查一')"
psql -XAtqo bundle-auditor.txt -U auditor -c "SELECT fairdraw.export_draw('抽查一', 'auditor')"
psql -XAtqo lottery-public.txt -U office -c "SELECT fairdraw.export_lottery('派员一')"
psql -XAtqo lottery-auditor.txt -U auditor -c "SELECT fairdraw.export_lottery('派员一', 'auditor')"
note "\$ psql -XAtqo bundle-public.txt -c \"SELECT fairdraw.export_draw('抽查一')\""
note 'Anybody, with Python and the hash from the newspaper:'
note "\$ fairdraw-verify --ceremony-hash ${hash:0:8}… bundle-public.txt"
outside --ceremony-hash "$hash" bundle-public.txt >public.out
grep -E '^(ok +(publication|frame|register|seed|tickets)|- +selection|All)' public.out | short
note "\$ fairdraw-verify --ceremony-hash ${hash:0:8}… lottery-public.txt"
outside --ceremony-hash "$hash" lottery-public.txt | grep -E '^(ok +(visits|chances|probabilities|teams|draw)|- +pairs|All)' | short
note '… and one ticket by hand:'
key=$(sed -n 's/^ok *tickets .*K = //p' public.out)
uid=$(value office "SELECT uid FROM fairdraw.selection('抽查一') WHERE role = 'drawn' LIMIT 1")
ticket=$(printf '%s:%s' "$key" "$uid" | sha256sum | cut -d ' ' -f 1)
[ "$ticket" = "$(value office "SELECT encode(ticket, 'hex') FROM fairdraw.selection('抽查一') WHERE uid = '$uid'")" ] ||
	fail 'sha256sum gives another ticket'
note "\$ printf '%s:%s' \$K $uid | sha256sum"
note "$ticket"
note 'The auditor, who has weights and recusals, does everything again:'
outside --ceremony-hash "$hash" bundle-auditor.txt | grep -E '^(ok +(weights|selection)|All)' | short
outside --ceremony-hash "$hash" lottery-auditor.txt | grep -E '^(ok +pairs|All)' | short

step '10 · One enterprise asks: was I treated as promised?  企业自查'
mine=$(value auditor "SELECT f.uid FROM fairdraw_data.frame f JOIN enterprise ON uscc = f.uid WHERE risk = 'B'
  AND NOT EXISTS (SELECT FROM fairdraw.selection('抽查一') s WHERE s.uid = f.uid) ORDER BY f.uid LIMIT 1")
psql -XAtqo proof.txt -U office -c "SELECT fairdraw.unit_proof('抽查一', '$mine')"
note "\$ fairdraw-verify --ceremony-hash ${hash:0:8}… proof.txt"
outside --ceremony-hash "$hash" proof.txt | grep -E '^(ok +(frame|weight|ticket|role)|All)' | short

step '11 · Three who try  三种作弊'
note 'A curious clerk, without a duty:'
refused clerk "SELECT * FROM fairdraw.selection('抽查一')"
note 'A hostile administrator, who switches the guard off and makes a competitor heavier:'
call postgres "ALTER TABLE fairdraw_data.frame DISABLE TRIGGER fairdraw_guard;
UPDATE fairdraw_data.frame SET micro = 30000000 WHERE uid = '$mine'"
found=$(value auditor "SELECT detail FROM fairdraw.verify_draw('抽查一') WHERE NOT ok AND item = 'frame'")
grep -qF "$mine" <<<"$found" || fail "verify_draw() does not name $mine: $found"
note "verify_draw(): $found"
note 'A bribed operator, who strikes a friend off the published list and puts another in:'
friend=$(value office "SELECT uid FROM fairdraw.selection('抽查一') WHERE role = 'drawn' LIMIT 1")
other=$(value auditor "SELECT f.uid FROM fairdraw_data.frame f JOIN fairdraw_data.frame g USING (draw, stratum) WHERE g.uid = '$friend'
  AND f.uid > g.uid AND NOT EXISTS (SELECT FROM fairdraw.selection('抽查一') s WHERE s.uid = f.uid) ORDER BY f.uid LIMIT 1")
awk -v friend="$friend" -v other="$other" 'BEGIN { FS = OFS = "\t" } $2 == "drawn" && $4 == friend { $4 = other } 1' \
	bundle-public.txt >changed.txt
! cmp -s bundle-public.txt changed.txt || fail 'the bundle was not changed'
status=0
outside --ceremony-hash "$hash" changed.txt >changed.out || status=$?
[ "$status" = 1 ] || fail "the verifier ended with status $status"
note "\$ fairdraw-verify --ceremony-hash ${hash:0:8}… changed.txt"
tail -n 1 changed.out | short
note '… or who sends a friend in the place of an inspector who was drawn:'
IFS='|' read -r visit drawn friend < <(value office "SELECT s.uid, t.inspector, s.inspector FROM fairdraw.substitutes('派员一') s
  JOIN fairdraw.teams('派员一') t ON t.uid = s.uid AND t.role = 'team' AND t.rank = 1 AND t.inspector = ANY (s.replaces)
  JOIN fairdraw.teams('派员一') o ON o.uid = s.uid AND o.role = 'team' AND o.rank = 2 AND o.inspector > s.inspector LIMIT 1")
[ -n "$friend" ] || fail 'there is no friend to send'
awk -v visit="$visit" -v drawn="$drawn" -v friend="$friend" 'BEGIN { FS = OFS = "\t" }
	NF == 5 && $2 == visit && ($3 == "team" || $3 == "substitute") { $5 = $5 == drawn ? friend : $5 == friend ? drawn : $5 } 1' \
	lottery-public.txt >changed.txt
status=0
outside --ceremony-hash "$hash" changed.txt >changed.out || status=$?
[ "$status" = 1 ] || fail "the verifier ended with status $status"
note "\$ fairdraw-verify --ceremony-hash ${hash:0:8}… changed.txt"
tail -n 1 changed.out | short
rm public.out changed.out

step '12 · Deadlines and publication  期限与公示: people enter facts, the days follow from rules'
note '(Invented dates of the spring of 2026, looked at on 28 April.)'
# three visits to drawn enterprises, and what three that deal in food were fined for
sql postgres -c "CREATE TABLE visited AS SELECT name AS record, 'result_publication' AS event, check_ended::date, done_on::date
    FROM fairdraw.selection('抽查一') s JOIN enterprise ON uscc = uid
    JOIN (VALUES (1, '2026-03-20', '2026-04-17'), (2, '2026-03-27', NULL), (3, '2026-04-08', NULL)) v (rank, check_ended, done_on) USING (rank)
    WHERE stratum = '新城所' ORDER BY rank" \
	-c "CREATE TABLE penalty AS SELECT name AS record, 'penalty' AS kind, 'general' AS severity, 'food' AS area, decided_on::date,
        date '2026-04-10' AS published_on, date '2026-04-20' AS rectified_on, repaired_on::date, true AS obligations, true AS promise
    FROM (SELECT name, row_number() OVER (ORDER BY uscc) FROM fairdraw.selection('抽查一') JOIN enterprise ON uscc = uid
        WHERE industry IN ('餐饮', '食品销售')) e (name, n)
    JOIN (VALUES (1, '2026-03-31', NULL), (2, '2026-04-01', NULL), (3, '2026-04-01', '2026-04-27')) v (n, decided_on, repaired_on) USING (n)
    ORDER BY n" \
	-c 'GRANT SELECT ON visited, penalty TO clerk'
table clerk "SELECT record, check_ended, due, days, unit, status FROM fairdraw.overdue('TABLE visited', '2026-04-28') JOIN visited USING (record)"
[ "$(value clerk "SELECT string_agg(status, ' ') FROM fairdraw.overdue('TABLE visited', '2026-04-28')")" = 'in_time overdue open' ] ||
	fail 'the deadlines are others'
note 'Three fines, the first decided on 31 March, the others on 1 April, when the rules changed:'
sentences="SELECT record, fairdraw.disclosure_reason((starts, ends, status, rule, reason)::fairdraw.disclosure, 'en')
FROM fairdraw.disclosure_expiry('TABLE penalty')"
shown clerk "$sentences"
sql clerk -AtF ' ' -c "$sentences" | sed -E '/.{100}/s/(.{1,99}) /\1\n   /g' | indented
[ "$(value clerk "SELECT string_agg(ends || reason, ' ') FROM fairdraw.disclosure_expiry('TABLE penalty')")" = \
	'2029-04-10longest 2027-04-01longest 2027-04-01repair_too_early' ] || fail 'the penalties end on other days'
note 'The third was let off by credit repair before its time, which changes nothing. The earliest days, and what is missing:'
table clerk "SELECT record, eligible, earliest, missing FROM fairdraw.repair_eligible('TABLE penalty', '2026-04-28')"
note 'A shorter rule of our own, beside the one that holds:'
refused postgres "INSERT INTO fairdraw_data.disclosure_rule (rule, rule_set, kind, severity, clock, longest, basis, verified, valid_from)
VALUES ('ours', 'ndrc-2026', 'penalty', 'general', 'decided', '1 month', 'our own measure', true, '2026-04-01')"
step '13 · What the visits say about everybody  抽样推断'
# what a visit to any enterprise would find; only those who were drawn are visited
sql postgres -c "CREATE TABLE truth AS SELECT uscc AS uid, (CASE
        WHEN get_byte(sha256(uscc::bytea), 0) * 256 + get_byte(sha256(uscc::bytea), 1) < 65536
            * CASE risk WHEN 'A' THEN 0.03 WHEN 'B' THEN 0.06 WHEN 'C' THEN 0.15 ELSE 0.30 END
        THEN 'correction_ordered' ELSE 'no_problem' END)::fairdraw.result_code AS code
    FROM sampling_frame JOIN enterprise ON uscc = uid" \
	-c "CREATE TABLE result AS SELECT s.*, code FROM fairdraw.selection('抽查一') s JOIN truth USING (uid) WHERE role <> 'reserve'" \
	-c 'GRANT SELECT ON result TO office'
note 'What was found, by risk class (invented):'
table office "SELECT risk, count(*) AS visited, count(*) FILTER (WHERE fairdraw.is_problem(code)) AS problems,
  round(100.0 * count(*) FILTER (WHERE fairdraw.is_problem(code)) / count(*), 1) AS \"share %\"
FROM result JOIN enterprise ON uscc = uid GROUP BY ROLLUP (risk) ORDER BY risk"
note 'An enterprise that was drawn with probability 1/50 stands for 50. The share among all:'
sample='SELECT uid, fairdraw.is_problem(code) AS y, probability, stratum FROM result'
table office "SELECT n, round(100 * estimate::numeric, 1) AS \"estimate %\", round(100 * low::numeric, 1) AS \"from %\", round(100 * high::numeric, 1) AS \"to %\", method
FROM fairdraw.estimate('$sample', 'rate')"
[ "$(value office "SELECT n = (SELECT count(*) FROM result) AND low < estimate AND estimate < high FROM fairdraw.estimate('$sample', 'rate')")" = t ] ||
	fail 'there is no estimate of all'
note 'The truth, which only a demo knows; of twenty draws, one may have an interval that misses it:'
table postgres "SELECT count(*) AS enterprises, round(100.0 * count(*) FILTER (WHERE fairdraw.is_problem(code)) / count(*), 1) AS \"truth %\" FROM truth"
note 'For the chief, written by SQL from these figures:'
value office "SELECT format(E'Of all %s enterprises between %s %% and %s %% have a problem (best estimate %s %%).\n'
    'Among the %s visited it was %s %%: risky ones are visited more often, so that figure is not the one for all.',
    (SELECT to_char(count(*), 'FM999,999') FROM sampling_frame), round(100 * low::numeric, 1), round(100 * high::numeric, 1), round(100 * estimate::numeric, 1),
    n, (SELECT round(100 * avg(fairdraw.is_problem(code)::integer), 1) FROM result))
  FROM fairdraw.estimate('$sample', 'rate')" | indented

step '14 · Did we do what the plan said?  指标与进度'
note '(Visits of the spring of 2026, three items each, and 800 that followed complaints: invented, too.)'
sql postgres -c "CREATE TABLE checks AS
    SELECT 'V-' || stratum || '-' || role || rank AS visit, uid, station AS grp, item, date '2026-03-02' + rank % 20 AS done_on, true AS random,
        rank % 3 = 0 AS joint, true AS risk_used, true AS mobile, CASE item WHEN 1 THEN code ELSE 'no_problem' END AS code,
        date '2026-03-02' + rank % 20 + CASE WHEN rank % 30 = 1 THEN 35 ELSE 21 END AS published_on,
        CASE WHEN rank % 5 > 0 THEN date '2026-04-20' END AS closed_on
    FROM result JOIN enterprise ON uscc = uid, generate_series(1, 3) item
    UNION ALL SELECT 'C-' || n, uscc, station, 1, '2026-03-16', false, NULL, NULL, true, 'no_problem', '2026-04-08', NULL
    FROM (SELECT *, row_number() OVER (ORDER BY uscc) AS n FROM enterprise WHERE status = '存续') e WHERE n % 24 = 0 AND n <= 19200" \
	-c "CREATE VIEW base AS SELECT station AS grp, count(*) AS enterprises, 3 AS items FROM enterprise WHERE status = '存续' GROUP BY station" \
	-c "CREATE VIEW targets AS SELECT indicator, comparator, value, current_date + 60 AS due
    FROM fairdraw_data.indicator_target WHERE year = 2023 AND agency = '温州市龙湾区'" \
	-c 'CREATE ROLE press LOGIN' -c 'GRANT SELECT ON checks, base, targets TO press' -c "SELECT fairdraw.grant_duty('publisher', 'press')" >/dev/null
note 'The targets are those that Longwan (龙湾) set itself for 2023; fairdraw brings them along, as data:'
table press "SELECT i.label, c.numerator, c.denominator, round(100 * ratio, 1) AS \"%\", comparator || ' ' || round(100 * target) AS target, met
FROM fairdraw.coverage('TABLE checks', 'TABLE base', '[2026-01-01,2026-04-27]', 'TABLE targets') c
JOIN fairdraw_data.indicator i USING (indicator) WHERE grp IS NULL ORDER BY position"
note 'The figures of a day are kept; in use pg_cron does that every night. What is behind, and by how much, the worst first:'
call press "SELECT fairdraw.coverage_snapshot('2026', 'TABLE checks', 'TABLE base', '[2026-01-01,2026-04-27]', 'TABLE targets')"
table press "SELECT grp, indicator, numerator, denominator, missing, days_left FROM fairdraw.progress_report() LIMIT 6"
[ "$(value press "SELECT string_agg(indicator, ' ' ORDER BY indicator) FROM fairdraw.progress_report() WHERE grp IS NULL")" = \
	'problems_dealt_with published_in_time' ] || fail 'other indicators are behind'
echo
echo "Done. Published: $(cat ./*.txt | wc -c) bytes in published/; RESULTS=folder make demo keeps them."
