-- Lotteries of inspectors in a ceremony: everything but the outcome of the draws
-- is committed before the entropy exists.  Each function checks the duty of the
-- caller by itself.

CREATE FUNCTION fairdraw.commit_lottery(ceremony text, label text, draws text[], staff text, rules text, recusals text, options jsonb DEFAULT '{}') RETURNS text
AS 'MODULE_PATHNAME', 'fairdraw_commit_lottery'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.commit_lottery(text, text, text[], text, text, text, jsonb) IS
'commits a lottery of inspectors (承诺检查人员抽取) and returns the lottery hash; draws: whose drawn units are visited; staff, rules, recusals: names of data committed in the same ceremony, rules and recusals may be NULL; options as for assign_plan(); duty drawer; doc/assignment.md sections 8 and 9';

CREATE FUNCTION fairdraw.execute_lottery(label text) RETURNS text
AS 'MODULE_PATHNAME', 'fairdraw_execute_lottery'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.execute_lottery(text) IS
'draws and stores the teams of a lottery (执行检查人员抽取) whose ceremony was executed, once, and returns the teams hash; duty drawer; doc/assignment.md';

CREATE FUNCTION fairdraw.teams(label text,
    OUT draw text, OUT uid text, OUT role text, OUT rank integer, OUT inspector text, OUT numerator bigint, OUT denominator bigint)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_teams'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 1000;

COMMENT ON FUNCTION fairdraw.teams(text) IS
'who goes where (检查组名单) by the outcome of a lottery that holds, with the probability that was his, and the substitutes (候补) of each visit in their order; duty drawer or auditor';

CREATE FUNCTION fairdraw.substitutes(label text,
    OUT draw text, OUT uid text, OUT rank integer, OUT inspector text, OUT replaces text[], OUT spare integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_lottery_substitutes'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 1000;

COMMENT ON FUNCTION fairdraw.substitutes(text) IS
'the substitutes (候补) of an executed lottery in their order, with those of the team whom they may replace, and what is spare of their largest load; as assign_substitutes(); duty drawer or auditor';

CREATE FUNCTION fairdraw.lottery_metrics(label text) RETURNS jsonb
AS 'MODULE_PATHNAME', 'fairdraw_lottery_metrics'
LANGUAGE C STABLE PARALLEL UNSAFE;

COMMENT ON FUNCTION fairdraw.lottery_metrics(text) IS
'figures by which a supervisor judges an executed lottery (派员指标), as assign_metrics(); duty drawer or auditor';

CREATE FUNCTION fairdraw.lottery_text(label text) RETURNS SETOF text
AS 'MODULE_PATHNAME', 'fairdraw_lottery_text'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 20;

COMMENT ON FUNCTION fairdraw.lottery_text(text) IS
'the text of a lottery (检查人员抽取方案), a line a row; duty drawer or auditor; doc/assignment.md section 9';

CREATE FUNCTION fairdraw.chances_text(label text) RETURNS SETOF text
AS 'MODULE_PATHNAME', 'fairdraw_chances_text'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 10000;

COMMENT ON FUNCTION fairdraw.chances_text(text) IS
'the probabilities of an executed lottery (派员概率表), a line a row, computed again from what was committed; duty drawer or auditor; doc/assignment.md section 9';

CREATE FUNCTION fairdraw.teams_text(label text) RETURNS SETOF text
AS 'MODULE_PATHNAME', 'fairdraw_teams_text'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 1000;

COMMENT ON FUNCTION fairdraw.teams_text(text) IS
'the outcome of a lottery (派员结果), a line a row, computed again from what was committed; duty drawer or auditor; doc/assignment.md section 9';

CREATE FUNCTION fairdraw.export_lottery(label text, audience text DEFAULT 'public') RETURNS SETOF text
AS 'MODULE_PATHNAME', 'fairdraw_export_lottery'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 10000;

COMMENT ON FUNCTION fairdraw.export_lottery(text, text) IS
'everything that the audience, public or auditor, needs to check a lottery (导出派员核验包), a line a row, for fairdraw-verify; duty drawer or auditor, the auditor''s bundle auditor; doc/assignment.md section 9';

CREATE FUNCTION fairdraw.verify_lottery(label text, OUT item text, OUT ok boolean, OUT detail text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_verify_lottery'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 10;

COMMENT ON FUNCTION fairdraw.verify_lottery(text) IS
'recomputes everything of a lottery from the records (核验派员): which texts agree, and where one differs; duty drawer or auditor';
