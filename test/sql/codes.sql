--
-- Codes of other schemes (doc/publication.md section 7)
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET search_path = fairdraw, public;
SET client_encoding = 'UTF8';
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
\pset null -
SELECT setup('某局');

-- the error of a statement, which is rolled back if there is none
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = 'NOT REFUSED';
EXCEPTION
    WHEN SQLSTATE 'ZZ000' THEN RETURN SQLERRM;
    WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
        RETURN format('%s: %s', state, message) || CASE WHEN detail <> '' THEN E'\n  DETAIL:  ' || detail ELSE '' END
            || CASE WHEN hint <> '' THEN E'\n  HINT:  ' || hint ELSE '' END;
END
$$;

-- all codes of the schemes that ship, in the order of the schemes
SELECT scheme, external_code, result_code_from(scheme, external_code), target_gone(scheme, external_code), label
FROM fairdraw_data.result_code_map ORDER BY scheme, length(external_code), external_code;
-- each of them is either a result or what became of the enterprise (no rows)
SELECT scheme, external_code FROM fairdraw_data.result_code_map
WHERE (result_code_from(scheme, external_code) IS NULL) = (target_gone(scheme, external_code) IS NULL);

--
-- Whoever is gone neither passed nor failed: ten inspections, of which five found
-- the enterprise gone
--
CREATE TEMP TABLE found (uid text, external_code text);
INSERT INTO found VALUES ('passed', '1'), ('unreachable', '6'), ('refused', '8'), ('corrected', 'E'), ('idle', 'F'),
    ('closed', '7'), ('deregistered', '9'), ('licence revoked', '10'), ('registration cancelled', '11'), ('moved away', '12');
SELECT uid, is_problem(code), needs_follow_up(code), counts_as_checked(code), target_gone('zhejiang-2017', external_code)
FROM found, result_code_from('zhejiang-2017', external_code) code;
SELECT count(*) AS visits, count(code) AS results, count(*) FILTER (WHERE is_problem(code)) AS problems, count(*) FILTER (WHERE NOT is_problem(code)) AS passed,
    count(*) FILTER (WHERE needs_follow_up(code)) AS follow_up, count(*) FILTER (WHERE counts_as_checked(code)) AS checked,
    count(target_gone('zhejiang-2017', external_code)) AS gone
FROM found, result_code_from('zhejiang-2017', external_code) code;
-- what was never entered has neither result nor fate
SELECT result_code_from('zhejiang-2017', NULL), target_gone('zhejiang-2017', NULL), result_code_from(NULL, '1'), target_gone(NULL, '1');

--
-- What cannot be read is no pass
--
SELECT pg_temp.refused(format('SELECT fairdraw.%s', call)) FROM unnest(ARRAY[
    $$result_code_from('national-2031', '1')$$, $$target_gone('national-2031', '1')$$, $$result_code_from('', '1')$$,
    $$result_code_from('national-2019', '9')$$, $$target_gone('national-2019', '9')$$, $$result_code_from('national-2019', '')$$,
    $$result_code_from('national-2019', ' 1')$$, $$result_code_from('national-2019', '01')$$, $$result_code_from('zhejiang-2017', 'a')$$,
    $$result_code_from('zhejiang-2017', '2')$$, $$result_code_from('National-2019', '1')$$]) call;

--
-- A scheme of one's own
--
CREATE FUNCTION pg_temp.row(external_code text, code text, gone text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('INSERT INTO fairdraw_data.result_code_map (scheme, external_code, code, gone, label, basis, verified) VALUES (''某县'', %L, %L, %L, ''某结果'', ''某县'', true)', external_code, code, gone))
$$;
BEGIN;
INSERT INTO fairdraw_data.result_code_map (scheme, external_code, code, gone, label, basis, verified) VALUES
    ('某县', '合格', 'no_problem', NULL, '合格', '某县', true), ('某县', '搬走', NULL, 'moved_away', '搬走了', '某县', true);
SELECT code, result_code_from('某县', code), target_gone('某县', code) FROM unnest('{合格,搬走}'::text[]) code;
SELECT pg_temp.refused($$SELECT fairdraw.result_code_from('某县', '1')$$);
-- a code that turns out to mean something else
UPDATE fairdraw_data.result_code_map SET code = 'no_activity' WHERE scheme = '某县' AND external_code = '合格';
SELECT result_code_from('某县', '合格');
-- it is there once
SELECT pg_temp.row('合格', 'other', NULL);
ROLLBACK;
SELECT pg_temp.refused($$SELECT fairdraw.result_code_from('某县', '合格')$$);
-- a row says one thing: a result, or what became of the enterprise
SELECT pg_temp.row('x', 'no_problem', NULL);
SELECT pg_temp.row('x', NULL, 'closed');
SELECT pg_temp.row('x', NULL, NULL);
SELECT pg_temp.row('x', 'no_problem', 'closed');
SELECT pg_temp.row('x', 'found_nothing', NULL);
SELECT pg_temp.row('x', NULL, 'burnt down');
SELECT pg_temp.row('x', NULL, '');
SELECT pg_temp.refused($$UPDATE fairdraw_data.result_code_map SET gone = 'closed' WHERE scheme = 'national-2019' AND external_code = '1'$$);
SELECT pg_temp.refused($$UPDATE fairdraw_data.result_code_map SET gone = NULL WHERE scheme = 'zhejiang-2017' AND gone IS NOT NULL$$);
SELECT result_code_from('national-2019', '1'), target_gone('zhejiang-2017', '7');

DROP SCHEMA fairdraw_data CASCADE;
