--
-- What the rules on publication and the functions that evaluate them refuse, and
-- how they say so.  A rule that cannot be evaluated is refused when it is made,
-- not when the first record meets it.
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
\pset null -
SELECT fairdraw.setup('某局');

-- the error of a statement, which is rolled back if there is none
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
    detail text;
    hint text;
    context text;
BEGIN
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = 'NOT REFUSED';
EXCEPTION
    WHEN SQLSTATE 'ZZ000' THEN RETURN SQLERRM;
    WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
        -- of where it happened, what this function did not add itself
        context := regexp_replace(context, '\n?(SQL statement "|PL/pgSQL function ).*', '');
        RETURN format('%s: %s', state, message) || CASE WHEN detail <> '' THEN E'\n  DETAIL:  ' || detail ELSE '' END
            || CASE WHEN hint <> '' THEN E'\n  HINT:  ' || hint ELSE '' END
            || CASE WHEN context <> '' THEN E'\n  CONTEXT:  ' || context ELSE '' END;
END
$$;

--
-- Facts
--
CREATE FUNCTION pg_temp.term(arguments text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT fairdraw.disclosure_term(%s)', arguments))
$$;
-- so it is accepted: all on one day
SELECT pg_temp.term($$'penalty', severity => 'general', decided_on => d, published_on => d, found_on => d, rectified_on => d, penalty_ends => d, repaired_on => d) FROM (VALUES (date '2024-01-31')) v (d$$);
-- words that nobody knows
SELECT pg_temp.term($$'fine'$$);
SELECT pg_temp.term($$'Penalty'$$);
SELECT pg_temp.term($$''$$);
SELECT pg_temp.term($$'penalty', severity => 'terrible'$$);
SELECT pg_temp.term($$'penalty', severity => ''$$);
SELECT pg_temp.term($$'penalty', severity => 'general', area => 'toys'$$);
SELECT pg_temp.term($$'penalty', severity => 'general', area => ''$$);
SELECT pg_temp.term($$'penalty', withheld => 'embarrassing'$$);
SELECT pg_temp.term($$'penalty', withheld => ''$$);
SELECT pg_temp.term($$'penalty', rule_set => 'samr-1999'$$);
SELECT pg_temp.term($$'penalty', rule_set => ''$$);
-- a word is looked at also where it decides nothing
SELECT pg_temp.term($$'inspection', severity => 'terrible', withheld => 'privacy'$$);
SELECT pg_temp.term($$'inspection', area => 'toys', withheld => 'privacy'$$);
-- what has to be known
SELECT pg_temp.term($$NULL$$);
SELECT pg_temp.term($$'penalty', as_of => NULL$$);
-- days that are none; the end of a penalty alone may be open
SELECT format('%s %s: ', fact, value) || pg_temp.term(format('%L, severity => %L, %I => %L', 'penalty', 'general', fact, value))
FROM unnest('{decided_on,published_on,found_on,rectified_on,penalty_ends,as_of,repaired_on}'::text[]) fact, unnest('{infinity,-infinity}'::text[]) value;

--
-- Dates in an order that is impossible
--
SELECT kind || ': ' || pg_temp.term(format('%L, found_on => %L, rectified_on => %L', kind, '2024-03-02', '2024-03-01')) FROM unnest('{inspection,penalty,abnormal_list,serious_list}'::text[]) kind;
-- what led to a decision may be corrected before the decision
SELECT kind || ': ' || pg_temp.term(format('%L, decided_on => %L, rectified_on => %L', kind, '2024-03-02', '2024-03-01')) FROM unnest('{inspection,penalty,abnormal_list,serious_list}'::text[]) kind;
-- the penalty of an inspection is decided when its result may long be public
SELECT kind || ': ' || pg_temp.term(format('%L, decided_on => %L, published_on => %L', kind, '2024-03-02', '2024-03-01')) FROM unnest('{inspection,penalty,abnormal_list,serious_list}'::text[]) kind;
SELECT kind || ': ' || pg_temp.term(format('%L, published_on => %L, repaired_on => %L', kind, '2024-03-02', '2024-03-01')) FROM unnest('{inspection,penalty,abnormal_list,serious_list}'::text[]) kind;
-- the end of a penalty is that of the penalty itself only for penalties
SELECT kind || ': ' || pg_temp.term(format('%L, decided_on => %L, penalty_ends => %L', kind, '2024-03-02', '2024-03-01')) FROM unnest('{inspection,penalty,abnormal_list,serious_list}'::text[]) kind;
-- also where nothing is published
SELECT pg_temp.term($$'penalty', found_on => '2024-03-02', rectified_on => '2024-03-01', withheld => 'privacy'$$);

--
-- Queries
--
CREATE FUNCTION pg_temp.expiry(query text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT * FROM fairdraw.disclosure_expiry(%L)', query))
$$;
CREATE FUNCTION pg_temp.eligible(query text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT * FROM fairdraw.repair_eligible(%L)', query))
$$;
SELECT pg_temp.expiry('SELECT ''r1'' AS record, ''penalty'' AS kind');
SELECT pg_temp.eligible('SELECT ''r1'' AS record, ''penalty'' AS kind');
-- no such columns
SELECT pg_temp.expiry('SELECT ''penalty'' AS kind');
SELECT pg_temp.expiry('SELECT ''r1'' AS record');
SELECT pg_temp.eligible('SELECT ''penalty'' AS kind');
SELECT pg_temp.eligible('SELECT ''r1'' AS record');
SELECT pg_temp.expiry('SELECT ''r1'' AS record, ''penalty'' AS kind, ''inspection'' AS kind');
-- columns of other types
SELECT c || ': ' || pg_temp.expiry(format('SELECT ''r1'' AS record, ''penalty'' AS kind, ''2024-03-01''::text AS %I', c))
FROM unnest('{decided_on,published_on,found_on,rectified_on,penalty_ends,repaired_on}'::text[]) c;
SELECT c || ': ' || pg_temp.expiry(format('SELECT ''r1'' AS record, ''penalty'' AS kind, now() AS %I', c))
FROM unnest('{decided_on,penalty_ends}'::text[]) c;
SELECT pg_temp.expiry('SELECT ''r1'' AS record, 1 AS kind');
SELECT c || ': ' || pg_temp.expiry(format('SELECT ''r1'' AS record, ''penalty'' AS kind, 1 AS %I', c)) FROM unnest('{code,severity,area,withheld}'::text[]) c;
SELECT c || ': ' || pg_temp.eligible(format('SELECT ''r1'' AS record, ''penalty'' AS kind, 1 AS %I', c)) FROM unnest('{standing,obligations,harm_removed,no_new_penalty,off_lists,training,promise}'::text[]) c;
SELECT c || ': ' || pg_temp.eligible(format('SELECT ''r1'' AS record, ''penalty'' AS kind, ''yes''::text AS %I', c)) FROM unnest('{obligations,harm_removed,no_new_penalty,off_lists,training,promise}'::text[]) c;
-- no query, or not one
SELECT pg_temp.expiry('');
SELECT pg_temp.eligible('');
SELECT pg_temp.expiry('DELETE FROM fairdraw_data.disclosure_rule');
SELECT pg_temp.eligible('DELETE FROM fairdraw_data.disclosure_rule');
SELECT pg_temp.expiry('SELECT ''r1'' AS record, ''penalty'' AS kind; SELECT ''r2'' AS record, ''penalty'' AS kind');
SELECT pg_temp.refused(format('SELECT * FROM fairdraw.%s', call)) FROM unnest(ARRAY['disclosure_expiry(NULL)', 'repair_eligible(NULL)',
    'disclosure_expiry(''SELECT ''''r1'''' AS record, ''''penalty'''' AS kind'', as_of => NULL)', 'repair_eligible(''SELECT ''''r1'''' AS record, ''''penalty'''' AS kind'', as_of => NULL)',
    'disclosure_expiry(''SELECT ''''r1'''' AS record, ''''penalty'''' AS kind'', as_of => ''infinity'')', 'repair_eligible(''SELECT ''''r1'''' AS record, ''''penalty'''' AS kind'', as_of => ''infinity'')',
    'disclosure_expiry(''SELECT ''''r1'''' AS record, ''''penalty'''' AS kind'', ''samr-1999'')', 'repair_eligible(''SELECT ''''r1'''' AS record, ''''penalty'''' AS kind'', rule_set => ''samr-1999'')']) call;
-- what is wrong with a record is said of this record
CREATE TEMP TABLE wrong AS SELECT query FROM unnest(ARRAY[
    $$SELECT * FROM (VALUES ('r1', 'penalty'), ('冀〔2024〕7号', 'fine'), ('r3', 'penance')) r (record, kind)$$,
    $$SELECT * FROM (VALUES ('r1', 'penalty'), ('r2', NULL)) r (record, kind)$$,
    $$SELECT * FROM (VALUES ('r1', 'penalty'), (NULL, 'penalty')) r (record, kind)$$,
    $$SELECT 'r1' AS record, 'penalty' AS kind, 'terrible' AS severity$$,
    $$SELECT 'r1' AS record, 'penalty' AS kind, 'toys' AS area$$,
    $$SELECT 'r1' AS record, 'penalty' AS kind, 'embarrassing' AS withheld$$,
    $$SELECT 'r1' AS record, 'penalty' AS kind, date 'infinity' AS decided_on$$,
    $$SELECT 'r1' AS record, 'penalty' AS kind, date '-infinity' AS penalty_ends$$,
    $$SELECT 'r1' AS record, 'penalty' AS kind, date '2024-03-02' AS found_on, date '2024-03-01' AS rectified_on$$,
    $$SELECT 'r1' AS record, 'penalty' AS kind, date '2024-03-02' AS decided_on, date '2024-03-01' AS penalty_ends$$,
    $$SELECT 'r1' AS record, 'penalty' AS kind, date '2024-03-02' AS decided_on, date '2024-03-01' AS published_on$$,
    $$SELECT 'r1' AS record, 'penalty' AS kind, date '2024-03-02' AS published_on, date '2024-03-01' AS repaired_on$$]) query;
SELECT pg_temp.expiry(query) FROM wrong;
-- repair_eligible() says the same (no rows)
SELECT query FROM wrong WHERE pg_temp.expiry(query) <> pg_temp.eligible(query);
SELECT pg_temp.eligible('SELECT ''r1'' AS record, ''penalty'' AS kind, ''wicked'' AS standing');

--
-- Reasons
--
SELECT pg_temp.refused($$SELECT fairdraw.disclosure_reason(fairdraw.disclosure_term('penalty'), 'fr')$$);
SELECT pg_temp.refused($$SELECT fairdraw.disclosure_reason(fairdraw.disclosure_term('penalty'), '')$$);
SELECT pg_temp.refused($$SELECT fairdraw.disclosure_reason(('2024-01-31', '2027-01-31', 'published', 'no-such-rule', 'longest')::fairdraw.disclosure)$$);
SELECT pg_temp.refused($$SELECT fairdraw.disclosure_reason(('2024-01-31', '2027-01-31', 'published', 'samr-2021-penalty-general', 'a whim')::fairdraw.disclosure)$$);
-- a reason that needs another rule or end
SELECT pg_temp.refused(format('SELECT fairdraw.disclosure_reason(%s::fairdraw.disclosure)', term)) FROM unnest(ARRAY[
    $$('2024-01-31', NULL, 'published', 'samr-2021-penalty-general', 'longest')$$,
    $$('2024-01-31', '2027-01-31', 'published', NULL, 'longest')$$,
    $$('2024-01-31', '2027-01-31', 'published', 'samr-2021-abnormal-list', 'longest')$$,
    $$('2024-01-31', NULL, 'published', NULL, 'uncorrected')$$,
    $$('2024-01-31', NULL, 'published', 'samr-2021-penalty-general', 'repaired')$$]) term;

--
-- Rules.  Whatever is refused, these records are judged as before.
--
CREATE FUNCTION pg_temp.judged() RETURNS fairdraw.disclosure[] LANGUAGE sql AS $$
    SELECT ARRAY[fairdraw.disclosure_term('penalty', severity => 'general', published_on => '2024-01-31', repaired_on => '2024-08-01', as_of => '2024-06-01'),
        fairdraw.disclosure_term('penalty', severity => 'minor', decided_on => '2026-04-02', rectified_on => '2026-04-03', as_of => '2026-06-01'),
        fairdraw.disclosure_term('inspection', code => 'stop_ordered', rectified_on => '2024-01-31', rule_set => 'samr-2023-draft', as_of => '2024-06-01')]
$$;
SELECT pg_temp.judged();
CREATE FUNCTION pg_temp.change(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before CONSTANT fairdraw.disclosure[] := pg_temp.judged();
    answer CONSTANT text := pg_temp.refused(statement);
BEGIN
    RETURN CASE WHEN pg_temp.judged() = before THEN answer ELSE answer || E'\n  AND THE RULES CHANGED' END;
END
$$;
-- a rule like that on inspections ordered to stop, but for what is named
CREATE FUNCTION pg_temp.rule(but jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.change(format('INSERT INTO fairdraw_data.disclosure_rule SELECT t.* FROM fairdraw_data.disclosure_rule r, jsonb_populate_record(r, %L) t WHERE r.rule = ''samr-2023-draft-stop-ordered''',
        '{"rule": "tried", "code": "refused"}' || but))
$$;
-- a rule of repair like that on penalties of 2021, for inspections, but for what is named
CREATE FUNCTION pg_temp.repair(but jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.change(format('INSERT INTO fairdraw_data.repair_rule SELECT t.* FROM fairdraw_data.repair_rule r, jsonb_populate_record(r, %L) t WHERE r.rule = ''samr-2021-repair-penalty''',
        '{"rule": "tried", "kind": "inspection"}' || but))
$$;
CREATE FUNCTION pg_temp.set(but jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.change(format('INSERT INTO fairdraw_data.rule_set SELECT t.* FROM fairdraw_data.rule_set s, jsonb_populate_record(s, %L) t WHERE s.rule_set = ''ndrc-2026''',
        '{"rule_set": "tried", "valid_from": "2030-01-01"}' || but))
$$;
-- so they are accepted
SELECT pg_temp.rule('{}'), pg_temp.repair('{}'), pg_temp.set('{}');

-- words that nobody knows
SELECT pg_temp.rule('{"kind": "fine"}');
SELECT pg_temp.rule('{"clock": "noticed"}');
SELECT pg_temp.rule('{"code": "found_nothing"}');
SELECT pg_temp.rule('{"rule_set": "samr-1999"}');
SELECT pg_temp.rule('{"rule": ""}');
SELECT pg_temp.rule('{"severity": ""}');
SELECT pg_temp.rule('{"area": ""}');
SELECT pg_temp.rule('{"basis": ""}');
SELECT pg_temp.repair('{"kind": "fine"}');
SELECT pg_temp.repair('{"standing": "wicked"}');
SELECT pg_temp.repair('{"rule_set": "samr-1999"}');
SELECT pg_temp.repair('{"requires": ["obligations", "remorse"]}');
SELECT pg_temp.repair('{"requires": ["obligations", null]}');
-- only inspections have results
SELECT pg_temp.rule('{"kind": "penalty"}');
-- an agency may name severities and areas of its own, by a rule
SELECT pg_temp.rule('{"severity": "terrible", "area": "toys"}');
BEGIN;
INSERT INTO fairdraw_data.disclosure_rule SELECT t.* FROM fairdraw_data.disclosure_rule r, jsonb_populate_record(r, '{"rule": "toys", "severity": "terrible", "area": "toys"}') t WHERE r.rule = 'samr-2023-draft-stop-ordered';
SELECT pg_temp.term($$'penalty', severity => 'terrible', area => 'toys'$$);
ROLLBACK;

-- periods
SELECT period || ': ' || pg_temp.rule(jsonb_build_object('longest', period)) FROM unnest('{0,-1 month,1 hour,1 month 1 second,1 day -24:00:00,1 month -40 days}'::text[]) period;
SELECT period || ': ' || pg_temp.rule(jsonb_build_object('least', period)) FROM unnest('{0,-1 month,1 hour,1 month 1 second}'::text[]) period;
SELECT period || ': ' || pg_temp.repair(jsonb_build_object('least', period)) FROM unnest('{0,-1 month,1 hour,1 month 1 second}'::text[]) period;
SELECT pg_temp.rule('{"least": "7 months", "longest": "6 months"}');
SELECT pg_temp.rule('{"least": "13 months", "longest": "1 year"}');
-- on no day longer: a month can have 28 days, and 31
SELECT format('%s, %s: ', least, longest) || pg_temp.rule(jsonb_build_object('least', least, 'longest', longest)) FROM (VALUES
    ('28 days', '1 month'), ('29 days', '1 month'), ('1 month', '31 days'), ('1 month', '30 days'), ('59 days', '2 months'), ('60 days', '2 months'),
    ('365 days', '1 year'), ('366 days', '1 year'), ('1 year', '366 days'), ('1 year', '365 days'), ('1 month 10 days', '2 months'), ('2 months', '1 month 31 days'), ('2 months', '1 month 30 days')) v (least, longest);
SELECT pg_temp.rule('{"least": "6 months", "longest": "6 months"}');
SELECT pg_temp.rule('{"least": "12 months", "longest": "1 year"}');

-- validity
SELECT pg_temp.rule('{"valid_to": "2023-09-17"}');
SELECT pg_temp.rule('{"valid_to": "2023-09-18"}');
SELECT pg_temp.repair('{"valid_to": "2021-08-31"}');
SELECT pg_temp.set('{"valid_to": "2029-12-31"}');

-- a rule by which nothing ever ends
SELECT pg_temp.rule('{"clock": "published", "longest": null, "until_corrected": false}');
SELECT pg_temp.rule('{"clock": "published", "longest": null, "until_corrected": false, "least": "1 month", "repairable": true}');
-- one reason to end is enough; what is never public need not end
SELECT pg_temp.rule('{"clock": "published", "longest": "1 month", "until_corrected": false}');
SELECT pg_temp.rule('{"clock": "published", "longest": null, "until_corrected": true}');
SELECT pg_temp.rule('{"clock": "published", "longest": null, "until_corrected": false, "follows_penalty": true}');
SELECT pg_temp.rule('{"clock": "published", "longest": null, "until_corrected": false, "publish": false}');

-- two rules for the same case at the same time; both are named
SELECT pg_temp.rule('{"code": "stop_ordered"}');
SELECT pg_temp.rule('{"code": "stop_ordered", "clock": "published", "longest": "1 year", "until_corrected": false}');
SELECT pg_temp.rule('{"code": "stop_ordered", "valid_from": "2020-01-01", "valid_to": "2023-09-18"}');
SELECT pg_temp.rule('{"code": "stop_ordered", "valid_from": "2030-01-01"}');
SELECT pg_temp.rule('{"code": "stop_ordered", "valid_from": "2020-01-01", "valid_to": "2023-09-17"}');
SELECT pg_temp.rule('{"code": null, "clock": "published", "longest": null, "until_corrected": false, "follows_penalty": true}');
SELECT pg_temp.repair('{"kind": "penalty"}');
SELECT pg_temp.repair('{"kind": "penalty", "valid_from": "2020-01-01", "valid_to": "2021-09-01"}');
SELECT pg_temp.repair('{"kind": "penalty", "valid_from": "2020-01-01", "valid_to": "2021-08-31"}');
SELECT pg_temp.repair('{"kind": "penalty", "standing": "grave"}');
SELECT pg_temp.repair('{"kind": "penalty", "area": "food"}');
-- another case: of other code, severity, area or set; and what ends with the penalty beside what does not
SELECT pg_temp.rule('{"code": "stop_ordered", "severity": "general"}');
SELECT pg_temp.rule('{"code": "stop_ordered", "area": "food"}');
SELECT pg_temp.rule('{"code": null, "kind": "penalty"}');
SELECT pg_temp.rule('{"code": "stop_ordered", "rule_set": "samr-2021"}');
SELECT pg_temp.rule('{"code": null}');
-- by an update, also of more than one row; and where two new rows are in each other's way
SELECT pg_temp.change($$UPDATE fairdraw_data.disclosure_rule SET area = 'drug' WHERE rule = 'samr-2021-penalty-general-food'$$);
SELECT pg_temp.change($$UPDATE fairdraw_data.disclosure_rule SET area = NULL WHERE rule_set = 'samr-2021' AND area IS NOT NULL$$);
SELECT pg_temp.change($$UPDATE fairdraw_data.disclosure_rule SET rule_set = 'samr-2021' WHERE rule_set = 'ndrc-2026'$$);
SELECT pg_temp.change($$UPDATE fairdraw_data.disclosure_rule SET longest = '0' WHERE rule = 'samr-2021-penalty-general'$$);
SELECT pg_temp.change($$UPDATE fairdraw_data.disclosure_rule SET kind = 'fine' WHERE rule = 'samr-2021-penalty-general'$$);
SELECT pg_temp.change($$INSERT INTO fairdraw_data.disclosure_rule SELECT t.* FROM fairdraw_data.disclosure_rule r,
    (VALUES ('{"rule": "one", "code": "other"}'::jsonb), ('{"rule": "two", "code": "other"}')) v (but), jsonb_populate_record(r, but) t WHERE r.rule = 'samr-2023-draft-stop-ordered'$$);
-- two cases may change places in one statement
SELECT pg_temp.refused($$UPDATE fairdraw_data.disclosure_rule SET area = CASE area WHEN 'food' THEN 'drug' ELSE 'food' END WHERE area IN ('food', 'drug')$$);

-- two books that begin on the same day cannot both be in force
SELECT pg_temp.set('{"valid_from": "2026-04-01"}');
SELECT pg_temp.set('{"valid_from": "2026-04-01", "in_force": false}');
SELECT pg_temp.change($$UPDATE fairdraw_data.rule_set SET valid_from = '2021-09-01' WHERE rule_set = 'ndrc-2026'$$);
SELECT pg_temp.change($$UPDATE fairdraw_data.rule_set SET in_force = true, valid_from = '2021-09-01' WHERE rule_set = 'samr-2023-draft'$$);
-- a book that has rules cannot go
SELECT pg_temp.change($$DELETE FROM fairdraw_data.rule_set WHERE rule_set = 'samr-2021'$$);

-- a transaction goes on with its own changes, and a refused one takes nothing with it but itself
BEGIN;
UPDATE fairdraw_data.disclosure_rule SET longest = '5 years' WHERE rule = 'samr-2021-penalty-serious';
SELECT (fairdraw.disclosure_term('penalty', severity => 'serious', published_on => '2024-01-31')).ends;
SAVEPOINT before;
UPDATE fairdraw_data.disclosure_rule SET longest = '-5 years' WHERE rule = 'samr-2021-penalty-serious';
ROLLBACK TO before;
SELECT (fairdraw.disclosure_term('penalty', severity => 'serious', published_on => '2024-01-31')).ends;
ROLLBACK;
SELECT (fairdraw.disclosure_term('penalty', severity => 'serious', published_on => '2024-01-31')).ends;
UPDATE fairdraw_data.disclosure_rule SET longest = '-5 years' WHERE rule = 'samr-2021-penalty-serious';
SELECT (fairdraw.disclosure_term('penalty', severity => 'serious', published_on => '2024-01-31')).ends;

DROP SCHEMA fairdraw_data CASCADE;
