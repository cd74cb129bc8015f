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
