-- What the catalogs say about the extension and its records.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET LOCAL search_path = public, pg_catalog;
SET LOCAL client_encoding = 'UTF8';

SELECT plan(37);

--
-- The extension
--
CREATE TEMP VIEW member AS
SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS description
FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE d.deptype = 'e' AND e.extname = 'fairdraw';
CREATE TEMP VIEW function AS
SELECT p.*, p.oid::regprocedure AS signature, l.lanname
FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid JOIN pg_language l ON l.oid = p.prolang;

-- those that change the records
CREATE TEMP VIEW changing AS
SELECT signature FROM function
WHERE proname ~ '^(open_ceremony|commit_draw|commit_data|commit_lottery|seal_ceremony|execute_ceremony|correct_execution|execute_lottery|abort_ceremony|disclose_seed|archive_draw|setup|setup_step_[0-9]+|setup_guards|setup_views|setup_coverage_views|grant_duty|revoke_duty|grant_like_(draw|lists)|guard|ship_[a-z_]+|check_rules|rules_changed|load_calendar|enter_list|leave_list|coverage_snapshot)$';

-- those that only read them
CREATE TEMP VIEW reporting AS
SELECT signature FROM function
WHERE proname ~ '^(selection|[a-z]+_text|frame_lines|unit_proof|export_draw|verify_draw|teams|substitutes|lottery_metrics|export_lottery|verify_lottery)$';

SELECT is((SELECT format('%s %s', n.nspname, e.extrelocatable) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'fairdraw'),
    'fairdraw f', 'the extension lives in schema fairdraw and stays there');

SELECT is_empty($$
    SELECT description FROM member m
    WHERE classid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_class'::regclass, 'pg_type'::regclass)
      AND NOT EXISTS (SELECT FROM pg_type t WHERE m.classid = 'pg_type'::regclass AND t.oid = m.objid AND (t.typelem <> 0 OR t.typrelid <> 0))
      AND obj_description(objid, (SELECT relname FROM pg_class WHERE oid = classid)) IS NULL$$,
    'every function, operator and type has a comment');

SELECT is_empty($$
    SELECT description FROM member WHERE classid = 'pg_proc'::regclass
      AND objid NOT IN (SELECT oid FROM pg_proc WHERE pronamespace = 'fairdraw'::regnamespace)
    UNION ALL SELECT description FROM member WHERE classid = 'pg_type'::regclass
      AND objid NOT IN (SELECT oid FROM pg_type WHERE typnamespace = 'fairdraw'::regnamespace)
    UNION ALL SELECT description FROM member WHERE classid = 'pg_operator'::regclass
      AND objid NOT IN (SELECT oid FROM pg_operator WHERE oprnamespace = 'fairdraw'::regnamespace)
    UNION ALL SELECT description FROM member WHERE classid = 'pg_opclass'::regclass
      AND objid NOT IN (SELECT oid FROM pg_opclass WHERE opcnamespace = 'fairdraw'::regnamespace)
    UNION ALL SELECT description FROM member WHERE classid = 'pg_opfamily'::regclass
      AND objid NOT IN (SELECT oid FROM pg_opfamily WHERE opfnamespace = 'fairdraw'::regnamespace)$$,
    'no member stands outside the schema');

SELECT is_empty($$SELECT description FROM member WHERE classid = 'pg_class'::regclass
      AND objid IN (SELECT oid FROM pg_class WHERE relkind NOT IN ('c', 'v'))$$,
    'no table and no sequence is a member: DROP EXTENSION takes no records with it');

SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'fairdraw'::regnamespace
      AND NOT EXISTS (SELECT FROM function f WHERE f.oid = p.oid)$$, 'everything in the schema is a member');

SELECT is_empty($$SELECT signature FROM function WHERE prosecdef$$, 'no function is SECURITY DEFINER');

SELECT is_empty($$SELECT signature FROM function WHERE lanname = 'plpgsql'
      AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)$$,
    'every PL/pgSQL function has its search_path pinned');

SELECT is_empty($$SELECT signature FROM function WHERE lanname = 'c' AND proconfig IS NOT NULL$$,
    'no C function has settings, so that the query of a caller is read under the search_path of the caller');

SELECT is_empty($$SELECT signature FROM function WHERE lanname NOT IN ('c', 'plpgsql', 'sql', 'internal')$$, 'every function is in C, SQL or PL/pgSQL');

SELECT is_empty($$SELECT signature, prosrc FROM function WHERE lanname = 'c' AND prosrc NOT LIKE 'fairdraw\_%'$$,
    'every symbol of the library that SQL calls is prefixed');

SELECT set_eq($$SELECT signature FROM function WHERE provolatile = 'v'$$, $$SELECT signature FROM changing$$,
    'volatile are the functions that change records, and no others');

SELECT is_empty($$SELECT signature FROM reporting r JOIN function f USING (signature) WHERE f.provolatile <> 's' OR f.proparallel <> 'u'$$,
    'functions that read the records are stable and keep out of parallel workers');

SELECT is_empty($$SELECT signature FROM function WHERE provolatile = 'i' AND proparallel <> 's'$$, 'every immutable function is parallel safe');

SELECT is_empty($$SELECT signature FROM function WHERE proparallel = 's' AND provolatile = 'v'$$, 'no volatile function is parallel safe');

SELECT is_empty($$SELECT signature FROM function f, unnest(f.proargtypes) AS a (type)
      WHERE a.type IN ('anyelement'::regtype, 'anyarray'::regtype, 'record'::regtype)
         OR (a.type = 'internal'::regtype AND f.prorettype NOT IN ('fairdraw.draw_state'::regtype, 'fairdraw.estimate_state'::regtype)
             AND f.proname !~ '(_recv|_sortsupport)$')$$,
    'functions have concrete types');

SELECT is_empty($$SELECT f.signature FROM function f WHERE f.pronargs > 0 AND f.proargnames IS NULL
      AND f.prokind = 'f' AND f.proname !~ '^(risk_class|result_code|draw_state|estimate_state)' AND f.proname !~ '^(text|hash|label|is_problem|needs_follow_up|counts_as_checked|min|max)'$$,
    'the functions for users name their arguments');

SELECT is_empty($$SELECT p.signature FROM function p JOIN pg_aggregate a ON a.aggfnoid = p.oid
      WHERE a.aggtranstype = 'internal'::regtype OR a.aggcombinefn = 0 OR p.proparallel <> 's'$$,
    'every aggregate has a state that can be sent, and combines');

SELECT is_empty($$SELECT opcname FROM pg_opclass WHERE opcnamespace = 'fairdraw'::regnamespace AND NOT amvalidate(oid)$$,
    'every operator class is valid');

SELECT is_empty($$SELECT o.oid::regoperator FROM pg_operator o JOIN member m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
      WHERE o.oprcom = 0 OR o.oprnegate = 0$$, 'every comparison has a commutator and a negator');

SELECT is((SELECT string_agg(format('%s %s', grantee::regrole, privilege_type), ', ')
           FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'fairdraw' AND grantee <> nspowner),
    '- USAGE', 'everybody may use the schema, nobody may create in it');

--
-- The records
--
DO $$BEGIN PERFORM fairdraw.setup('机关'); END$$;
CREATE TEMP VIEW kept AS
SELECT c.* FROM pg_class c WHERE c.relnamespace = 'fairdraw_data'::regnamespace AND c.relkind IN ('r', 'p');
-- rules are changed by their owner, records by nobody
CREATE TEMP VIEW rule AS SELECT * FROM kept WHERE relname = ANY (fairdraw.rule_tables());
CREATE TEMP VIEW record AS SELECT * FROM kept WHERE relname <> ALL (fairdraw.rule_tables());

SELECT is_empty($$SELECT description FROM member WHERE strpos(description, 'fairdraw_data') > 0$$, 'no record is a member of the extension');

SELECT is_empty($$SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'fairdraw_data'::regnamespace
      AND c.relkind IN ('r', 'v', 'm', 'p') AND obj_description(c.oid, 'pg_class') IS NULL$$, 'every record and view has a comment');

SELECT is_empty($$SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'fairdraw_data'::regnamespace
      AND obj_description(p.oid, 'pg_proc') IS NULL$$, 'so has every duty');

SELECT is_empty($$SELECT r.relname FROM kept r WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = r.oid AND i.indisprimary)$$,
    'every record has a primary key');

SELECT is_empty($$SELECT r.relname FROM kept r WHERE r.relpersistence <> 'p'$$, 'every record is logged');

SELECT is_empty($$SELECT relname FROM record
      WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = record.oid AND t.tgfoid = 'fairdraw.guard()'::regprocedure
                        AND t.tgenabled = 'A' AND t.tgtype & (1 + 2 + 8 + 32) = 2 + 8 + 32)$$,
    'a guard before DELETE and TRUNCATE, always enabled, stands on every record');

-- agency and step are settings: setup() writes them
SELECT set_eq($$SELECT relname::text FROM record
      WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = record.oid AND t.tgfoid = 'fairdraw.guard()'::regprocedure
                        AND t.tgenabled = 'A' AND t.tgtype = 2 + 4 + 8 + 16 + 32)$$,
    '{agency,step}'::text[], 'and before INSERT and UPDATE on all but two');

SELECT is((SELECT array_agg(relname ORDER BY relname) FROM rule), (SELECT array_agg(t ORDER BY t) FROM unnest(fairdraw.rule_tables()) t),
    'every table of rules is there');

SELECT is_empty($$SELECT relname FROM rule WHERE (
        SELECT array_agg(t.tgtype ORDER BY t.tgtype) FROM pg_trigger t
        WHERE t.tgrelid = rule.oid AND t.tgfoid = 'fairdraw.rules_changed()'::regprocedure AND t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr = ''::int2vector
    ) IS DISTINCT FROM ARRAY[1 + 4 + 8 + 16, 4 + 8 + 16 + 32, 2 + 4 + 8 + 16 + 32]::int2[]$$,
    'each tells all sessions of every change: after each row, before and after each statement and TRUNCATE, always enabled');

SELECT is_empty($$SELECT r.relname FROM rule r, unnest('{basis,verified}'::text[]) AS c (name)
      WHERE r.relname NOT IN ('calendar_year', 'calendar_day', 'rule_set') AND (r.relname, c.name) <> ('indicator_target', 'basis')
        AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attname = c.name AND a.attnotnull)$$,
    'every rule says what it rests on, and whether that was seen');

SELECT set_eq($$SELECT relname::text FROM kept WHERE relrowsecurity$$,
    '{ceremony_secret,salt_key,frame,data_set,data_row,selection,cutoff,team}'::text[],
    'what is secret, and what only those with a duty may see, has row-level security');

SELECT is_empty($$SELECT relname FROM record JOIN pg_policy ON polrelid = record.oid WHERE relname IN ('ceremony_secret', 'salt_key')$$,
    'secrets have no policy that lets anybody see them');

SELECT is_empty($$SELECT polname FROM pg_policy p JOIN record r ON r.oid = p.polrelid WHERE p.polcmd <> 'r'$$, 'no policy lets anybody write');

SELECT set_eq($$SELECT relname::text AS thing, grantee::regrole::text AS role, privilege_type AS privilege FROM pg_class, aclexplode(relacl) WHERE relnamespace = 'fairdraw_data'::regnamespace AND grantee <> relowner
      UNION ALL SELECT proname, grantee::regrole::text, privilege_type FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
      WHERE pronamespace = 'fairdraw_data'::regnamespace AND grantee <> proowner
      UNION ALL SELECT nspname, grantee::regrole::text, privilege_type FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'fairdraw_data' AND grantee <> nspowner$$,
    $$SELECT t::text AS thing, '-' AS role, 'SELECT' AS privilege FROM unnest(fairdraw.rule_tables() || 'step'::name) t UNION ALL SELECT 'fairdraw_data', '-', 'USAGE'$$,
    'setup() lets everybody read the rules, and grants nobody anything else');

SELECT is_empty($$SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'fairdraw_data'::regnamespace AND c.relkind = 'v'
      AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)$$, 'every view reads with the rights of its reader');

SELECT is_empty($$SELECT r.relname, a.attname FROM kept r JOIN pg_index i ON i.indrelid = r.oid
      JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = ANY (i.indkey)
      WHERE a.atttypid = 'text'::regtype AND a.attcollation <> 'pg_catalog."C"'::regcollation$$,
    'every text in a key is ordered by its bytes');

SELECT is_empty($$SELECT conrelid::regclass, conname FROM pg_constraint c JOIN kept r ON r.oid = c.conrelid
      WHERE c.condeferrable OR NOT c.convalidated$$, 'every constraint is valid and checked at once');

SELECT * FROM finish();
ROLLBACK;
