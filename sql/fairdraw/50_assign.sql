-- The lottery of inspectors over any query: chances before any seed, teams,
-- substitutes, and why it cannot be done.  Not for parallel workers themselves,
-- so that the queries inside can have them.

CREATE FUNCTION fairdraw.assign_plan(visits text, staff text, eligible text, options jsonb DEFAULT '{}',
    OUT visit text, OUT inspector text, OUT numerator bigint, OUT denominator bigint, OUT forced boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_assign_plan'
LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 10000;

COMMENT ON FUNCTION fairdraw.assign_plan(text, text, text, jsonb) IS
'the probability, numerator/denominator, with which each eligible inspector goes to each visit (派员概率), before any seed exists; forced: it follows from the bounds alone; queries: visits with visit, need (default 2), groups; staff with inspector, max_load, min_load, groups, exclusion_group; eligible with visit, inspector or inspectors[], groups, excluded; doc/assignment.md';

CREATE FUNCTION fairdraw.assign_draw(visits text, staff text, eligible text, seed text, options jsonb DEFAULT '{}', label text DEFAULT 'assign',
    OUT visit text, OUT slot integer, OUT inspector text, OUT numerator bigint, OUT denominator bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_assign_draw'
LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 1000;

COMMENT ON FUNCTION fairdraw.assign_draw(text, text, text, text, jsonb, text) IS
'draws the team of each visit (随机选派检查人员) with the probabilities of assign_plan(), met exactly; the same rows for the same seed on every machine; stores nothing; doc/assignment.md section 6';

CREATE FUNCTION fairdraw.assign_explain(visits text, staff text, eligible text, options jsonb DEFAULT '{}',
    OUT block integer, OUT kind text, OUT shortage bigint, OUT needed bigint, OUT capacity bigint, OUT elsewhere bigint,
    OUT visit_ids text[], OUT inspector_ids text[], OUT groups text[], OUT reasons jsonb, OUT repairs text[], OUT message text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_assign_explain'
LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 1;

COMMENT ON FUNCTION fairdraw.assign_explain(text, text, text, jsonb) IS
'why there is no assignment (无法派员的原因): a row for each bottleneck, the largest first, none if there is one; shortage = needed - capacity - elsewhere, sums over the visits and inspectors that are listed; reasons: how many inspectors each reason of the column excluded keeps out; repairs: single changes that would help';

CREATE FUNCTION fairdraw.assign_substitutes(visits text, staff text, eligible text, seed text, options jsonb DEFAULT '{}', label text DEFAULT 'assign',
    OUT visit text, OUT rank integer, OUT inspector text, OUT replaces text[], OUT spare integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_assign_substitutes'
LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 1000;

COMMENT ON FUNCTION fairdraw.assign_substitutes(text, text, text, text, jsonb, text) IS
'the substitutes (候补) of each visit in the order that was drawn beforehand, up to the option substitutes (5): whoever drops out is replaced by the first one who may replace him and has spare load; replaces: those of the team in whose place all groups keep their bounds; spare: max_load less the load drawn; doc/assignment.md section 7';

CREATE FUNCTION fairdraw.assign_verify(visits text, staff text, eligible text, seed text, result text, options jsonb DEFAULT '{}', label text DEFAULT 'assign',
    OUT item text, OUT ok boolean, OUT detail text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_assign_verify'
LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 7;

COMMENT ON FUNCTION fairdraw.assign_verify(text, text, text, text, text, jsonb, text) IS
'checks a stored outcome of assign_draw() (核验派员结果), a query with visit, inspector, numerator and denominator: every rule, every load, the probabilities, and the outcome against the seed; detail names the first that differs';

CREATE FUNCTION fairdraw.assign_metrics(visits text, staff text, eligible text, result text DEFAULT NULL, options jsonb DEFAULT '{}') RETURNS jsonb
AS 'MODULE_PATHNAME', 'fairdraw_assign_metrics'
LANGUAGE C STABLE PARALLEL UNSAFE COST 100000;

COMMENT ON FUNCTION fairdraw.assign_metrics(text, text, text, text, jsonb) IS
'figures by which a supervisor judges an assignment (派员指标): how predictable it is, how level the loads are, what was kept out, and with a result, a query with visit and inspector, the loads as they are; doc/assignment.md section 10';

--
-- Candidates
--

CREATE FUNCTION fairdraw.assign_candidates(visits text, staff text, rules jsonb DEFAULT '{}', recusals text DEFAULT NULL,
    OUT visit text, OUT inspector text, OUT groups text[], OUT excluded text, OUT detail text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_assign_candidates'
LANGUAGE C STABLE PARALLEL UNSAFE COST 100000 ROWS 10000;

COMMENT ON FUNCTION fairdraw.assign_candidates(text, text, jsonb, text) IS
'candidates (候选检查人员) for visits: every pair of a visit and an inspector, with the groups that it belongs to, and why it is excluded: scope, unqualified, licence, off_duty, no_load or recused; NULL where it is eligible; queries with columns visits (visit, uid, day, scope, station, stations, tags, one_tags; only visit is required), staff (inspector, max_load, min_load, tags, station, lead, senior, exclusion_group, licence_from, licence_to, on_duty; only inspector is required), recusals (uid, inspector or exclusion_group, reason); rules: what holds where a visit says nothing, {"scope": s, "day": d, "station": s, "stations": [s, ...], "tags": [t, ...], "one_tags": [t, ...]}, and "excluded": false for eligible pairs only; doc/assignment.md section 8';
