-- Working days, deadlines and publication (doc/publication.md).  All but
-- load_calendar(), enter_list() and leave_list() only read rules.

CREATE FUNCTION fairdraw.is_workday(day date) RETURNS boolean
AS 'MODULE_PATHNAME', 'fairdraw_is_workday'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.is_workday(date) IS
'whether a day is a working day (工作日); an error in a year that is not loaded; doc/publication.md section 2';

CREATE FUNCTION fairdraw.add_workdays(day date, days integer) RETURNS date
AS 'MODULE_PATHNAME', 'fairdraw_add_workdays'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.add_workdays(date, integer) IS
'the working day that is so many after a day (个工作日), or before it; the day itself does not count; with 0 the day itself, an error if it is none; doc/publication.md section 2';

CREATE FUNCTION fairdraw.workdays_between(from_day date, to_day date) RETURNS integer
AS 'MODULE_PATHNAME', 'fairdraw_workdays_between'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.workdays_between(date, date) IS
'number of working days after from_day up to and with to_day; negative backwards; workdays_between(d, add_workdays(d, n)) = n; doc/publication.md section 2';

CREATE FUNCTION fairdraw.next_workday(day date) RETURNS date
AS 'MODULE_PATHNAME', 'fairdraw_next_workday'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.next_workday(date) IS
'the day, if it is a working day, or the next one that is (遇节假日顺延); doc/publication.md section 2';

CREATE FUNCTION fairdraw.load_calendar(year integer, days text, source text) RETURNS integer
AS 'MODULE_PATHNAME', 'fairdraw_load_calendar'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.load_calendar(integer, text, text) IS
'loads or replaces the schedule of a year (放假安排) and returns its number of working days; days: query with columns day (date), kind (off or work), until? (date: last day of a range); source: the notice; with the rights of the caller; doc/publication.md section 2';

CREATE FUNCTION fairdraw.deadline(event text, day date, anchor text DEFAULT NULL) RETURNS date
AS 'MODULE_PATHNAME', 'fairdraw_deadline'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.deadline(text, date, text) IS
'by when something has to be done (期限) that is counted from a day, by the rule in force on that day, or by the one with that anchor; NULL for a day that is NULL; doc/publication.md section 3';

CREATE FUNCTION fairdraw.overdue(records text, as_of date DEFAULT current_date,
    OUT record text, OUT event text, OUT due date, OUT done_on date, OUT days integer, OUT unit text, OUT status text, OUT rule text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_overdue'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 1000;

COMMENT ON FUNCTION fairdraw.overdue(text, date) IS
'deadlines of records (期限与逾期): records: query with columns record, event, done_on?, due?, and the dates that the rules count from, by name; days left or, negative, late; status waiting, open, overdue, in_time or late; doc/publication.md section 3';

CREATE TYPE fairdraw.disclosure AS (starts date, ends date, status text, rule text, reason text);

COMMENT ON TYPE fairdraw.disclosure IS
'from when until when a record is public (公示起止): ends is the last day, NULL: it stays; status due, published, ended or withheld; doc/publication.md section 4';

CREATE FUNCTION fairdraw.disclosure_term(kind text, code fairdraw.result_code DEFAULT NULL, severity text DEFAULT NULL, area text DEFAULT NULL,
    decided_on date DEFAULT NULL, published_on date DEFAULT NULL, found_on date DEFAULT NULL, rectified_on date DEFAULT NULL, penalty_ends date DEFAULT NULL,
    withheld text DEFAULT NULL, rule_set text DEFAULT NULL, as_of date DEFAULT current_date, repaired_on date DEFAULT NULL) RETURNS fairdraw.disclosure
AS 'MODULE_PATHNAME', 'fairdraw_disclosure_term'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.disclosure_term(text, fairdraw.result_code, text, text, date, date, date, date, date, text, text, date, date) IS
'from when until when a record is public (公示期限), by the rules in force on its own date or by a named set; kind inspection, penalty, abnormal_list or serious_list; any other fact may be NULL; doc/publication.md section 4';

CREATE FUNCTION fairdraw.disclosure_reason(term fairdraw.disclosure, lang text DEFAULT 'zh') RETURNS text
AS 'MODULE_PATHNAME', 'fairdraw_disclosure_reason'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.disclosure_reason(fairdraw.disclosure, text) IS
'one sentence on how the end of a publication came about (公示期限说明), in Chinese (zh) or English (en); doc/publication.md section 4';

CREATE FUNCTION fairdraw.disclosure_expiry(records text, rule_set text DEFAULT NULL, as_of date DEFAULT current_date,
    OUT record text, OUT starts date, OUT ends date, OUT status text, OUT rule text, OUT reason text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_disclosure_expiry'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 1000;

COMMENT ON FUNCTION fairdraw.disclosure_expiry(text, text, date) IS
'from when until when each of many records is public (公示到期): records: query with columns record, kind, and of disclosure_term() code?, severity?, area?, decided_on?, published_on?, found_on?, rectified_on?, penalty_ends?, withheld?, repaired_on?; doc/publication.md section 4';

CREATE FUNCTION fairdraw.repair_eligible(records text, as_of date DEFAULT current_date, rule_set text DEFAULT NULL,
    OUT record text, OUT eligible boolean, OUT earliest date, OUT missing text[], OUT rule text, OUT repair_rule text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_repair_eligible'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 1000;

COMMENT ON FUNCTION fairdraw.repair_eligible(text, date, text) IS
'whether an early end can be applied for (信用修复), from when, and what is missing: records: query as for disclosure_expiry() and standing?, obligations?, harm_removed?, no_new_penalty?, off_lists?, training?, promise?; doc/publication.md section 5';

CREATE FUNCTION fairdraw.enter_list(uid text, list text, cause text, entered_on date, document text, matter text DEFAULT '') RETURNS integer
AS 'MODULE_PATHNAME', 'fairdraw_enter_list'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.enter_list(text, text, text, date, text, text) IS
'records that an enterprise was entered on a list (列入): abnormal_list (经营异常名录) or serious_list (严重违法失信名单), and returns the number of the entry; document: the decision; matter: what tells entries of one cause apart; duty publisher; doc/publication.md section 6';

CREATE FUNCTION fairdraw.leave_list(entry integer, removed_on date, ground text, document text) RETURNS void
AS 'MODULE_PATHNAME', 'fairdraw_leave_list'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.leave_list(integer, date, text, text) IS
'records that an entry of a list ended (移出): ground corrected, expired, repaired or annulled, as the rules allow; duty publisher; doc/publication.md section 6';

CREATE FUNCTION fairdraw.listed(uid text, list text, day date DEFAULT current_date) RETURNS boolean
AS 'MODULE_PATHNAME', 'fairdraw_listed'
LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.listed(text, text, date) IS
'whether an enterprise is on a list on a day (是否在名录); everybody may ask; doc/publication.md section 6';

CREATE FUNCTION fairdraw.list_proposals(results text,
    OUT uid text, OUT list text, OUT cause text, OUT found_on date, OUT due date)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_list_proposals'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 100;

COMMENT ON FUNCTION fairdraw.list_proposals(text) IS
'entries on lists that results of inspections propose (列入建议), and by when to decide: results: query with columns uid, code, found_on; enters nobody; doc/publication.md section 6';

CREATE FUNCTION fairdraw.result_code_from(scheme text, external_code text) RETURNS fairdraw.result_code
AS 'MODULE_PATHNAME', 'fairdraw_result_code_from'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.result_code_from(text, text) IS
'the result_code of a code of another scheme (检查结果代码转换); NULL: the enterprise is gone, see target_gone(); an error for a code that the table lacks; doc/publication.md section 7';

CREATE FUNCTION fairdraw.target_gone(scheme text, external_code text) RETURNS text
AS 'MODULE_PATHNAME', 'fairdraw_target_gone'
LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.target_gone(text, text) IS
'what became of the enterprise by a code of another scheme (主体状态): closed, deregistered, licence_revoked, registration_cancelled, moved_away; NULL: it is there; doc/publication.md section 7';
