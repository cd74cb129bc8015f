-- Ceremonies: commit first, draw by public entropy, let anybody check.
-- Each function checks the duty of the caller by itself.

CREATE FUNCTION fairdraw.open_ceremony(ceremony text, entropy text[], place text, disclose date, secret boolean DEFAULT true, rehearsal boolean DEFAULT false) RETURNS void
AS 'MODULE_PATHNAME', 'fairdraw_open_ceremony'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.open_ceremony(text, text[], text, date, boolean, boolean) IS
'opens a ceremony (开启抽取仪式); entropy: a text ''name local|public bits due mask how'' for each source, ascending by due; place: where it is published; disclose: date from which the seed is public at the latest; a rehearsal enforces no times; duty drawer; protocol section 3';

CREATE FUNCTION fairdraw.commit_draw(ceremony text, label text, frame text, sizes jsonb, exclusions text DEFAULT NULL, register text DEFAULT NULL, method text DEFAULT 'auto', stream text DEFAULT NULL, rotation text DEFAULT '0/1', sealed boolean DEFAULT true) RETURNS text
AS 'MODULE_PATHNAME', 'fairdraw_commit_draw'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.commit_draw(text, text, text, jsonb, text, text, text, text, text, boolean) IS
'freezes a frame (冻结抽样框) and returns the plan hash; frame: query with uid, stratum, weight; exclusions: query with uid, reason; register: query with uid; sizes as for draw(); sealed weights are hidden in the frame lines; duty drawer; protocol sections 2 and 3';

CREATE FUNCTION fairdraw.commit_data(ceremony text, name text, query text) RETURNS text
AS 'MODULE_PATHNAME', 'fairdraw_commit_data'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.commit_data(text, text, text) IS
'freezes the rows of any query (承诺数据), such as inspectors or rules, and returns the data hash; duty drawer; protocol section 3';

CREATE FUNCTION fairdraw.seal_ceremony(ceremony text) RETURNS text
AS 'MODULE_PATHNAME', 'fairdraw_seal_ceremony'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.seal_ceremony(text) IS
'seals a ceremony (封存), gives it its serial, and returns the ceremony hash, which is to be published; refused after the first due time; duty drawer; protocol section 3';

CREATE FUNCTION fairdraw.execute_ceremony(ceremony text, entropy jsonb) RETURNS text
AS 'MODULE_PATHNAME', 'fairdraw_execute_ceremony'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.execute_ceremony(text, jsonb) IS
'executes a ceremony (执行抽取) with the values of its entropy, {"name": "value"}, and returns S; once, and not before the last due time; duty drawer; protocol section 4';

CREATE FUNCTION fairdraw.correct_execution(ceremony text, entropy jsonb, reason text) RETURNS text
AS 'MODULE_PATHNAME', 'fairdraw_correct_execution'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.correct_execution(text, jsonb, text) IS
'executes a ceremony again (更正执行) because a value was entered wrongly; both executions stay on record, the newest holds; duty drawer; protocol section 4';

CREATE FUNCTION fairdraw.abort_ceremony(ceremony text, reason text) RETURNS void
AS 'MODULE_PATHNAME', 'fairdraw_abort_ceremony'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.abort_ceremony(text, text) IS
'aborts a ceremony (中止) before its first due time, on the record, and discloses its secret; duty drawer; protocol section 3';

CREATE FUNCTION fairdraw.disclose_seed(ceremony text) RETURNS void
AS 'MODULE_PATHNAME', 'fairdraw_disclose_seed'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.disclose_seed(text) IS
'makes the seed of an executed ceremony public (公开种子): from then on export_draw() and unit_proof() contain it; duty drawer';

CREATE FUNCTION fairdraw.selection(label text,
    OUT stratum text, OUT role text, OUT rank integer, OUT uid text, OUT ticket bytea, OUT weight numeric, OUT probability double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_selection'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 1000;

COMMENT ON FUNCTION fairdraw.selection(text) IS
'the drawn units (抽中名单) of an executed draw, as draw() returns them, in the order of the result text; duty drawer or auditor';

CREATE FUNCTION fairdraw.plan_text(label text) RETURNS SETOF text
AS 'MODULE_PATHNAME', 'fairdraw_plan_text'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 20;

COMMENT ON FUNCTION fairdraw.plan_text(text) IS
'the plan of a draw (抽取方案), a line a row; duty drawer or auditor; protocol section 3';

CREATE FUNCTION fairdraw.ceremony_text(ceremony text) RETURNS SETOF text
AS 'MODULE_PATHNAME', 'fairdraw_ceremony_text'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 20;

COMMENT ON FUNCTION fairdraw.ceremony_text(text) IS
'the text of a sealed ceremony (仪式文本), a line a row: what is published before the first due time; duty drawer or auditor; protocol section 3';

CREATE FUNCTION fairdraw.seed_text(ceremony text) RETURNS SETOF text
AS 'MODULE_PATHNAME', 'fairdraw_seed_text'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 10;

COMMENT ON FUNCTION fairdraw.seed_text(text) IS
'the seed text (种子文本) of an executed ceremony, a line a row; for auditors, and once it is disclosed for drawers; protocol section 4';

CREATE FUNCTION fairdraw.result_text(label text) RETURNS SETOF text
AS 'MODULE_PATHNAME', 'fairdraw_result_text'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 1000;

COMMENT ON FUNCTION fairdraw.result_text(text) IS
'the result of a draw (抽取结果), a line a row; duty drawer or auditor; protocol section 7';

CREATE FUNCTION fairdraw.data_text(ceremony text, name text) RETURNS SETOF text
AS 'MODULE_PATHNAME', 'fairdraw_data_text'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 1000;

COMMENT ON FUNCTION fairdraw.data_text(text, text) IS
'committed data (承诺的数据), a line a row; duty drawer or auditor; protocol section 3';

CREATE FUNCTION fairdraw.frame_lines(label text) RETURNS SETOF text
AS 'MODULE_PATHNAME', 'fairdraw_frame_lines'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 100000;

COMMENT ON FUNCTION fairdraw.frame_lines(text) IS
'the frame lines of a draw (抽样框), a line a row; duty drawer or auditor; protocol section 2';

CREATE FUNCTION fairdraw.unit_proof(label text, uid text) RETURNS SETOF text
AS 'MODULE_PATHNAME', 'fairdraw_unit_proof'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 60;

COMMENT ON FUNCTION fairdraw.unit_proof(text, text) IS
'proof for one unit (单个企业的证明), a line a row, to be checked with fairdraw-verify; also for a unit that is excluded or absent; duty drawer or auditor; protocol section 8';

CREATE FUNCTION fairdraw.export_draw(label text, audience text DEFAULT 'public') RETURNS SETOF text
AS 'MODULE_PATHNAME', 'fairdraw_export_draw'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 100000;

COMMENT ON FUNCTION fairdraw.export_draw(text, text) IS
'everything that the audience, public or auditor, needs to check a draw (导出核验包), a line a row, for fairdraw-verify; duty drawer or auditor, the auditor''s bundle auditor; protocol section 10';

CREATE FUNCTION fairdraw.verify_draw(label text, OUT item text, OUT ok boolean, OUT detail text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_verify_draw'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 12;

COMMENT ON FUNCTION fairdraw.verify_draw(text) IS
'recomputes everything of a draw from the records (核验): which texts agree, and where one differs; ok is null where something cannot be checked; duty drawer or auditor';

CREATE FUNCTION fairdraw.archive_draw(label text, bundle_hash text) RETURNS void
AS 'MODULE_PATHNAME', 'fairdraw_archive_draw'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.archive_draw(text, text) IS
'removes the frozen frame of a draw whose seed is public (归档), given the SHA-256 of the auditor''s bundle, which is then its only copy; plan and result stay; duty drawer';

-- USAGE to everybody: the functions on units, types and draw() are for all, the
-- rest checks the duty.
GRANT USAGE ON SCHEMA fairdraw TO PUBLIC;
