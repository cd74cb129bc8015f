--
-- Tables of rules that their owner has spoilt: nothing he puts there runs with
-- the rights of others, crashes a session, or is taken for something else.
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
CREATE ROLE fairdraw_rule_owner;
CREATE ROLE fairdraw_rule_reader;
DO $$BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO fairdraw_rule_owner', current_database()); END$$;
SET ROLE fairdraw_rule_owner;
SELECT fairdraw.setup('某局');

-- what a statement says after changes by the owner, which are undone
CREATE FUNCTION pg_temp.after(changes text, statement text DEFAULT 'SELECT fairdraw.is_workday(''2026-05-01'')') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    hint text;
BEGIN
    EXECUTE changes;
    EXECUTE statement INTO answer;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = coalesce(answer, 'NULL');
EXCEPTION
    WHEN SQLSTATE 'ZZ000' THEN RETURN SQLERRM;
    WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
        RETURN SQLSTATE || ': ' || SQLERRM || E'\n  HINT:  ' || hint;
END
$$;
SELECT pg_temp.after('SELECT');

-- columns of another type, and nulls where there cannot be any
SELECT pg_temp.after('ALTER TABLE fairdraw_data.repair_rule ALTER requires TYPE bigint USING 4096', 'SELECT fairdraw.disclosure_term(''penalty'')');
SELECT pg_temp.after('ALTER TABLE fairdraw_data.rule_set ALTER valid_from TYPE text', 'SELECT fairdraw.disclosure_term(''penalty'')');
SELECT pg_temp.after('ALTER TABLE fairdraw_data.calendar_year ALTER year TYPE bigint');
SELECT pg_temp.after('ALTER TABLE fairdraw_data.deadline_rule DROP COLUMN roll', 'SELECT fairdraw.deadline(''annual_plan'', ''2026-01-05'')');
SELECT pg_temp.after($$ALTER TABLE fairdraw_data.deadline_rule ALTER unit DROP NOT NULL; UPDATE fairdraw_data.deadline_rule SET unit = NULL WHERE rule = 'annual-plan'$$);
SELECT pg_temp.after($$ALTER TABLE fairdraw_data.rule_set ALTER valid_from DROP NOT NULL; UPDATE fairdraw_data.rule_set SET valid_from = NULL WHERE rule_set = 'ndrc-2026'$$);
SELECT pg_temp.after($$UPDATE fairdraw_data.disclosure_rule SET severity = '' WHERE rule = 'samr-2021-penalty-minor'$$);
SELECT pg_temp.after($$INSERT INTO fairdraw_data.deadline_rule (rule, event, anchor, unit, length, basis, verified, valid_from)
    SELECT 'r' || i, 'e' || i, 'a' || i, 'calendar', 1, 'none', false, '2026-01-01' FROM generate_series(1, 600) i$$);
SELECT pg_temp.after($$INSERT INTO fairdraw_data.result_code_map (scheme, external_code, code, label, basis, verified)
    SELECT 's', i, 'other', 'none', 'none', false FROM generate_series(1, 10001) i$$);

-- code of the owner's: a view, and a policy, in the place of a table
CREATE SCHEMA spoilt;
CREATE FUNCTION spoilt.who(x date) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'run as %', current_user; END$$;
SELECT pg_temp.after($$ALTER TABLE fairdraw_data.calendar_day RENAME TO calendar_day_was;
    CREATE VIEW fairdraw_data.calendar_day AS SELECT day, kind, year FROM fairdraw_data.calendar_day_was WHERE spoilt.who(day)$$);
SELECT pg_temp.after($$ALTER TABLE fairdraw_data.calendar_day ENABLE ROW LEVEL SECURITY; ALTER TABLE fairdraw_data.calendar_day FORCE ROW LEVEL SECURITY;
    CREATE POLICY hide ON fairdraw_data.calendar_day USING (spoilt.who(day))$$);

-- a policy for others hides no day from them, and a session keeps no book of somebody's rights
ALTER TABLE fairdraw_data.calendar_day ENABLE ROW LEVEL SECURITY;
RESET ROLE;
SET ROLE fairdraw_rule_reader;
SELECT count(*) FROM fairdraw_data.calendar_day;
SELECT fairdraw.is_workday('2026-05-01');
SET ROLE fairdraw_rule_owner;
ALTER TABLE fairdraw_data.calendar_day DISABLE ROW LEVEL SECURITY;

-- operators and functions on the path of a caller
CREATE SCHEMA planted;
CREATE FUNCTION planted.max(integer) RETURNS integer LANGUAGE sql AS 'SELECT 99';
CREATE FUNCTION planted.equal(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR planted.= (FUNCTION = planted.equal, LEFTARG = text, RIGHTARG = text);
SET search_path = planted, pg_catalog;
SELECT fairdraw.deadline('annual_plan', '2026-01-05'), fairdraw.listed('X', 'abnormal_list');
RESET search_path;

-- triggers that were off: what came in meanwhile is seen, and setup() looks at it
ALTER TABLE fairdraw_data.deadline_rule DISABLE TRIGGER USER;
UPDATE fairdraw_data.deadline_rule SET length = 15 WHERE rule = 'annual-plan';
SELECT fairdraw.deadline('annual_plan', '2026-01-05');
UPDATE fairdraw_data.deadline_rule SET length = 31 WHERE rule = 'annual-plan';
SELECT fairdraw.deadline('annual_plan', '2026-01-05');
UPDATE fairdraw_data.deadline_rule SET unit = 'fortnight' WHERE rule = 'annual-plan';
SELECT pg_temp.after('SELECT fairdraw.setup()');
UPDATE fairdraw_data.deadline_rule SET unit = 'year' WHERE rule = 'annual-plan';
SELECT fairdraw.setup();

-- schemas that change their names under an open session
SELECT fairdraw.is_workday('2026-05-01');
ALTER SCHEMA fairdraw_data RENAME TO fairdraw_data_was;
SELECT pg_temp.after('SELECT');
SELECT fairdraw.setup('另一局');
DELETE FROM fairdraw_data.calendar_day WHERE day = '2026-05-01';
SELECT fairdraw.is_workday('2026-05-01');
BEGIN;
ALTER SCHEMA fairdraw_data RENAME TO other;
ALTER SCHEMA fairdraw_data_was RENAME TO fairdraw_data;
COMMIT;
SELECT fairdraw.is_workday('2026-05-01');

DROP SCHEMA planted, spoilt, other, fairdraw_data CASCADE;
RESET ROLE;
DROP FUNCTION pg_temp.after(text, text);
DO $$BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM fairdraw_rule_owner', current_database()); END$$;
DROP ROLE fairdraw_rule_owner, fairdraw_rule_reader;
