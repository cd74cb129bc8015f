-- Who can do and read what, function by function and table by table, and that
-- nothing anybody plants gains them anything.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET LOCAL search_path = public, pg_catalog;
SET LOCAL client_encoding = 'UTF8';

-- how many depends on the number of records
SELECT no_plan();

--
-- Roles.  Only the owner of the records grants duties; "reader" and "writer" are
-- members of what PostgreSQL predefines.
--
CREATE ROLE fairdraw_owner;
CREATE ROLE fairdraw_drawer;
CREATE ROLE fairdraw_auditor;
CREATE ROLE fairdraw_publisher;
CREATE ROLE fairdraw_stranger;
CREATE ROLE fairdraw_reader IN ROLE pg_read_all_data;
CREATE ROLE fairdraw_writer IN ROLE pg_write_all_data;
CREATE ROLE fairdraw_member IN ROLE fairdraw_drawer;
CREATE ROLE fairdraw_aloof NOINHERIT;
DO $$BEGIN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO fairdraw_owner, fairdraw_drawer, fairdraw_stranger', current_database());
    -- where it can be said (16), inheriting is a property of the membership
    IF current_setting('server_version_num')::integer >= 160000 THEN
        EXECUTE 'GRANT fairdraw_drawer TO fairdraw_aloof WITH INHERIT FALSE';
    ELSE
        EXECUTE 'GRANT fairdraw_drawer TO fairdraw_aloof';
    END IF;
END$$;

-- Runs a statement as a role and undoes whatever it did.  Returns 'done', or the
-- code of the error.
CREATE FUNCTION pg_temp.attempt(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('session_authorization', role, true);
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000';
EXCEPTION
    WHEN SQLSTATE 'ZZ000' THEN RETURN 'done';
    WHEN OTHERS THEN RETURN SQLSTATE;
END
$$;
-- the same, with the message
CREATE FUNCTION pg_temp.message(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('session_authorization', role, true);
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000';
EXCEPTION
    WHEN SQLSTATE 'ZZ000' THEN RETURN 'done';
    WHEN OTHERS THEN RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
-- what a query of one value returns to a role, or the code of the error
CREATE FUNCTION pg_temp.seen(role text, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    value text;
BEGIN
    PERFORM set_config('session_authorization', role, true);
    EXECUTE query INTO value;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = coalesce(value, 'NULL');
EXCEPTION
    WHEN SQLSTATE 'ZZ000' THEN RETURN SQLERRM;
    WHEN OTHERS THEN RETURN SQLSTATE;
END
$$;

--
-- The records of an agency: a ceremony that is open, one that is sealed, one
-- that is executed, with its lottery, and one whose seed is disclosed
--
SET LOCAL SESSION AUTHORIZATION fairdraw_owner;
DO $$BEGIN
    PERFORM fairdraw.setup('机关');
    PERFORM fairdraw.grant_duty('drawer', 'fairdraw_drawer');
    PERFORM fairdraw.grant_duty('auditor', 'fairdraw_auditor');
    PERFORM fairdraw.grant_duty('publisher', 'fairdraw_publisher');
END$$;
SET LOCAL SESSION AUTHORIZATION fairdraw_publisher;
DO $$BEGIN
    PERFORM fairdraw.leave_list(fairdraw.enter_list('F-1', 'abnormal_list', 'unreachable', '2026-01-05', 'decision 1'), '2026-02-02', 'corrected', 'decision 2');
    PERFORM fairdraw.enter_list('F-2', 'abnormal_list', 'unreachable', '2026-01-05', 'decision 3');
    PERFORM fairdraw.coverage_snapshot('year', 'SELECT 1 AS visit, 1 AS uid', 'SELECT 2 AS enterprises');
END$$;
SET LOCAL SESSION AUTHORIZATION fairdraw_drawer;
CREATE SCHEMA drawer;
CREATE TABLE drawer.firm AS
SELECT 'F-' || i AS uid, CASE WHEN i % 2 = 0 THEN 'even' ELSE 'odd' END AS stratum, 1.25 + i % 7 AS weight FROM generate_series(1, 40) AS i;
DO $$
DECLARE
    label text;
BEGIN
    FOREACH label IN ARRAY '{open,sealed,executed,disclosed}'::text[] LOOP
        PERFORM fairdraw.open_ceremony(label, ARRAY['beacon public 64 2026-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'],
            'https://example.org', '2026-05-01', rehearsal => true);
        PERFORM fairdraw.commit_draw(label, label || '/1', 'TABLE drawer.firm', '{"even": {"n": 5, "reserve": 2}, "odd": 3}',
            $q$SELECT 'G-1' AS uid, 'deregistered' AS reason$q$);
        -- a draw has one lottery: this one is still without
        IF label = 'open' THEN
            PERFORM fairdraw.commit_draw(label, 'open/2', 'TABLE drawer.firm', '1');
        END IF;
        PERFORM fairdraw.commit_data(label, 'staff', $q$SELECT 'I-0' || i AS inspector FROM generate_series(1, 7) AS i$q$);
        PERFORM fairdraw.commit_lottery(label, label || '/teams', ARRAY[label || '/1'], 'staff', NULL, NULL);
        IF label <> 'open' THEN
            PERFORM fairdraw.seal_ceremony(label);
        END IF;
        IF label IN ('executed', 'disclosed') THEN
            PERFORM fairdraw.execute_ceremony(label, '{"beacon": "0123456789abcdef"}');
        END IF;
        IF label = 'executed' THEN
            PERFORM fairdraw.execute_lottery(label || '/teams');
        END IF;
        IF label = 'disclosed' THEN
            PERFORM fairdraw.disclose_seed(label);
        END IF;
    END LOOP;
END$$;
RESET SESSION AUTHORIZATION;

--
-- Functions
--

-- who may call it: o owner, d drawer, a auditor, p publisher, s stranger, r reader, w writer, m member of the drawer, n member that does not inherit
CREATE TEMP TABLE call (n integer GENERATED ALWAYS AS IDENTITY, who text, statement text);
INSERT INTO call (who, statement) VALUES
    ('odm', $$SELECT fairdraw.open_ceremony('new', ARRAY['beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'https://example.org', '2999-05-01')$$),
    ('odm', $$SELECT fairdraw.commit_draw('open', 'new', 'SELECT i AS uid FROM generate_series(1, 20) AS i', '1')$$),
    ('odm', $$SELECT fairdraw.commit_data('open', 'new', 'SELECT 1 AS a')$$),
    ('odm', $$SELECT fairdraw.commit_lottery('open', 'new', ARRAY['open/2'], 'staff', NULL, NULL)$$),
    ('odm', $$SELECT fairdraw.seal_ceremony('open')$$),
    ('odm', $$SELECT fairdraw.execute_ceremony('sealed', '{"beacon": "0123456789abcdef"}')$$),
    ('odm', $$SELECT fairdraw.correct_execution('executed', '{"beacon": "fedcba9876543210"}', 'copied wrongly')$$),
    ('odm', $$SELECT fairdraw.execute_lottery('disclosed/teams')$$),
    ('odm', $$SELECT fairdraw.abort_ceremony('sealed', 'wrong register')$$),
    ('odm', $$SELECT fairdraw.disclose_seed('executed')$$),
    ('odam', $$SELECT fairdraw.selection('executed/1')$$),
    ('odam', $$SELECT fairdraw.plan_text('open/1')$$),
    ('odam', $$SELECT fairdraw.ceremony_text('sealed')$$),
    ('odam', $$SELECT fairdraw.result_text('executed/1')$$),
    ('odam', $$SELECT fairdraw.data_text('open', 'staff')$$),
    ('odam', $$SELECT fairdraw.frame_lines('open/1')$$),
    ('odam', $$SELECT fairdraw.unit_proof('sealed/1', 'F-1')$$),
    ('odam', $$SELECT fairdraw.export_draw('executed/1')$$),
    ('odam', $$SELECT fairdraw.verify_draw('executed/1')$$),
    ('odam', $$SELECT fairdraw.teams('executed/teams')$$),
    ('odam', $$SELECT fairdraw.substitutes('executed/teams')$$),
    ('odam', $$SELECT fairdraw.lottery_metrics('executed/teams')$$),
    ('odam', $$SELECT fairdraw.lottery_text('open/teams')$$),
    ('odam', $$SELECT fairdraw.chances_text('executed/teams')$$),
    ('odam', $$SELECT fairdraw.teams_text('executed/teams')$$),
    ('odam', $$SELECT fairdraw.export_lottery('executed/teams')$$),
    ('odam', $$SELECT fairdraw.verify_lottery('executed/teams')$$),
    ('odam', $$SELECT fairdraw.seed_text('disclosed')$$),
    ('oa', $$SELECT fairdraw.seed_text('executed')$$),
    ('oa', $$SELECT fairdraw.export_draw('sealed/1', 'auditor')$$),
    ('oa', $$SELECT fairdraw.export_draw('executed/1', 'auditor')$$),
    ('oa', $$SELECT fairdraw.export_draw('disclosed/1', 'auditor')$$),
    ('oa', $$SELECT fairdraw.export_lottery('executed/teams', 'auditor')$$),
    ('o', $$SELECT fairdraw.setup('another name')$$),
    ('o', $$SELECT fairdraw.grant_duty('auditor', 'fairdraw_stranger')$$),
    ('o', $$SELECT fairdraw.revoke_duty('drawer', 'fairdraw_drawer')$$),
    ('op', $$SELECT fairdraw.enter_list('F-3', 'serious_list', 'heavy_penalty', '2026-01-05', 'decision')$$),
    ('op', $$SELECT fairdraw.leave_list(2, '2026-02-02', 'corrected', 'decision')$$),
    ('op', $$SELECT fairdraw.coverage_snapshot('new', 'SELECT 1 AS visit, 1 AS uid', 'SELECT 2 AS enterprises')$$),
    ('odaprm', $$SELECT fairdraw.progress_report()$$),
    ('odapsrwmn', $$SELECT fairdraw.coverage('SELECT 1 AS visit, 1 AS uid', 'SELECT 2 AS enterprises')$$),
    ('ow', $$UPDATE fairdraw_data.indicator_target SET value = 0.04 WHERE year = 2023$$),
    ('odapsrwmn', $$SELECT fairdraw.listed('F-1', 'abnormal_list')$$),
    ('odapsrwmn', $$SELECT fairdraw.list_proposals('SELECT ''F-1'' AS uid, ''unreachable''::text AS code, date ''2026-03-02'' AS found_on')$$),
    ('ow', $$SELECT fairdraw.load_calendar(2026, 'SELECT date ''2026-01-01'' AS day, ''off'' AS kind', 'notice')$$),
    ('ow', $$UPDATE fairdraw_data.deadline_rule SET length = 15 WHERE rule = 'result-entry-check'$$),
    ('odapsrwmn', $$SELECT fairdraw.add_workdays('2026-03-02', 20)$$),
    ('odapsrwmn', $$SELECT fairdraw.deadline('result_entry', '2026-03-02')$$),
    ('odapsrwmn', $$SELECT fairdraw.overdue('SELECT 1 AS record, ''result_entry'' AS event, date ''2026-03-02'' AS check_ended', '2026-03-02')$$),
    ('odapsrwmn', $$SELECT fairdraw.disclosure_reason(fairdraw.disclosure_term('penalty', severity => 'minor', published_on => '2026-03-02'))$$),
    ('odapsrwmn', $$SELECT fairdraw.disclosure_expiry('SELECT 1 AS record, ''penalty'' AS kind')$$),
    ('odapsrwmn', $$SELECT fairdraw.repair_eligible('SELECT 1 AS record, ''penalty'' AS kind')$$),
    ('odapsrwmn', $$SELECT fairdraw.result_code_from('national-2019', '1')$$),
    ('odapsrwmn', $$SELECT fairdraw.draw('SELECT 1 AS uid', '1', 'seed')$$),
    ('odapsrwmn', $$SELECT fairdraw.ticket(fairdraw.stream_key('seed', 'draw'), '1')$$),
    ('odapsrwmn', $$SELECT fairdraw.assign_plan('SELECT ''v'' AS visit, 1 AS need', 'SELECT ''i'' AS inspector', 'SELECT ''v'' AS visit, ''i'' AS inspector')$$),
    ('odapsrwmn', $$SELECT fairdraw.assign_draw('SELECT ''v'' AS visit, 1 AS need', 'SELECT ''i'' AS inspector', 'SELECT ''v'' AS visit, ''i'' AS inspector', 'seed')$$),
    ('odapsrwmn', $$SELECT fairdraw.assign_explain('SELECT ''v'' AS visit', 'SELECT ''i'' AS inspector', 'SELECT ''v'' AS visit, ''i'' AS inspector')$$),
    ('odapsrwmn', $$SELECT fairdraw.assign_substitutes('SELECT ''v'' AS visit, 1 AS need', 'SELECT ''i'' AS inspector', 'SELECT ''v'' AS visit, ''i'' AS inspector', 'seed')$$),
    ('odapsrwmn', $$SELECT fairdraw.assign_verify('SELECT ''v'' AS visit, 1 AS need', 'SELECT ''i'' AS inspector', 'SELECT ''v'' AS visit, ''i'' AS inspector', 'seed', 'SELECT ''v'' AS visit, ''i'' AS inspector, 1 AS numerator, 1 AS denominator')$$),
    ('odapsrwmn', $$SELECT fairdraw.assign_metrics('SELECT ''v'' AS visit, 1 AS need', 'SELECT ''i'' AS inspector', 'SELECT ''v'' AS visit, ''i'' AS inspector')$$),
    ('odapsrwmn', $$SELECT fairdraw.assign_candidates('SELECT ''v'' AS visit', 'SELECT ''i'' AS inspector')$$),
    ('odapsrwmn', $$SELECT fairdraw.label('A'::fairdraw.risk_class)$$);
CREATE TEMP TABLE who (letter text, role text);
INSERT INTO who VALUES ('o', 'fairdraw_owner'), ('d', 'fairdraw_drawer'), ('a', 'fairdraw_auditor'), ('p', 'fairdraw_publisher'), ('s', 'fairdraw_stranger'),
    ('r', 'fairdraw_reader'), ('w', 'fairdraw_writer'), ('m', 'fairdraw_member'), ('n', 'fairdraw_aloof');

SELECT is(pg_temp.attempt(w.role, c.statement), CASE WHEN strpos(c.who, w.letter) > 0 THEN 'done' ELSE '42501' END,
          format('%s %s %s', w.role, CASE WHEN strpos(c.who, w.letter) > 0 THEN 'may call' ELSE 'may not call' END,
                 regexp_replace(c.statement, '^SELECT fairdraw\.(\w+)\((''[a-z/1]+'')?.*$', '\1(\2)')))
FROM call c, who w ORDER BY c.n, strpos('odapsrwmn', w.letter);

-- a superuser does not even call setup() for another owner: triggers of the owner's would run as superuser
SELECT is(pg_temp.attempt(session_user, $$SELECT fairdraw.setup('another name')$$), '42501', 'a superuser may not call setup() on the records of another role');
SELECT is(pg_temp.attempt(session_user, $$SELECT fairdraw.seal_ceremony('open')$$), 'done', 'a superuser has every duty');

--
-- Tables: how many rows each role sees, as a share of what is there
--
CREATE TEMP TABLE relation AS
SELECT c.relname::text, pg_temp.seen('fairdraw_owner', format('SELECT count(*) FROM fairdraw_data.%I', c.relname)) AS rows
FROM pg_class c WHERE c.relnamespace = 'fairdraw_data'::regnamespace AND c.relkind IN ('r', 'v');

SELECT is_empty($$SELECT relname FROM relation WHERE rows !~ '^[1-9][0-9]*$' AND relname NOT IN ('abort', 'archive')$$,
    'there is something to see in every table');
-- what everybody may read
CREATE TEMP VIEW open AS SELECT * FROM relation WHERE relname = ANY (fairdraw.rule_tables() || 'step'::name);
SELECT is(pg_temp.seen(role, format('SELECT count(*) FROM fairdraw_data.%I', relname)),
          CASE WHEN relname IN ('ceremony_secret', 'salt_key') THEN '42501' ELSE rows END,
          format('%s %s %s', role, CASE WHEN relname IN ('ceremony_secret', 'salt_key') THEN 'may not read' ELSE 'sees all rows of' END, relname))
FROM relation, unnest('{fairdraw_drawer,fairdraw_auditor,fairdraw_member}'::text[]) WITH ORDINALITY AS u (role, n) ORDER BY relname, n;
SELECT is(pg_temp.seen('fairdraw_reader', format('SELECT count(*) FROM fairdraw_data.%I', relname)),
          CASE WHEN relname IN ('ceremony_secret', 'salt_key', 'frame', 'data_set', 'data_row', 'selection', 'cutoff', 'team', 'frame_unit') THEN '0' ELSE rows END,
          format('a member of pg_read_all_data sees %s of %s', CASE WHEN relname IN
              ('ceremony_secret', 'salt_key', 'frame', 'data_set', 'data_row', 'selection', 'cutoff', 'team', 'frame_unit') THEN 'no row' ELSE 'all rows' END, relname))
FROM relation ORDER BY relname;
SELECT is(pg_temp.seen('fairdraw_publisher', format('SELECT count(*) FROM fairdraw_data.%I', relname)),
          CASE WHEN relname IN (SELECT relname FROM open) OR relname ~ '^(list|coverage)_' THEN rows ELSE '42501' END,
          format('a publisher %s %s', CASE WHEN relname IN (SELECT relname FROM open) OR relname ~ '^(list|coverage)_' THEN 'sees' ELSE 'may not read' END, relname))
FROM relation ORDER BY relname;
SELECT is_empty($$SELECT role, relname FROM relation, unnest('{fairdraw_stranger,fairdraw_writer,fairdraw_aloof}'::text[]) AS u (role)
    WHERE relname NOT IN (SELECT relname FROM open) AND pg_temp.seen(role, format('SELECT count(*) FROM fairdraw_data.%I', relname)) <> '42501'$$,
    'nobody else may read any record');
SELECT is_empty($$SELECT role, relname FROM open, unnest('{fairdraw_stranger,fairdraw_writer,fairdraw_aloof}'::text[]) AS u (role)
    WHERE pg_temp.seen(role, format('SELECT count(*) FROM fairdraw_data.%I', relname)) <> rows$$,
    'everybody may read the rules');

-- nobody writes to them, whatever the privileges
CREATE TEMP TABLE change AS
SELECT w.role, c.relname, v.kind, CASE v.kind
           WHEN 'INSERT' THEN format('INSERT INTO fairdraw_data.%I OVERRIDING SYSTEM VALUE SELECT * FROM fairdraw_data.%I', c.relname, c.relname)
           WHEN 'UPDATE' THEN format('UPDATE fairdraw_data.%I SET %I = DEFAULT', c.relname, a.attname)
           WHEN 'DELETE' THEN format('DELETE FROM fairdraw_data.%I', c.relname)
           WHEN 'TRUNCATE' THEN format('TRUNCATE fairdraw_data.%I CASCADE', c.relname) END AS statement
FROM who w, pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = c.relnatts,
     (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS v (kind)
WHERE c.relnamespace = 'fairdraw_data'::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ('agency', 'step') AND c.relname <> ALL (fairdraw.rule_tables());
SELECT is_empty(format('SELECT relname, kind FROM change WHERE role = %L AND pg_temp.attempt(role, statement) <> ''42501''', role),
    format('%s may not change any record', role)) FROM who ORDER BY strpos('odapsrwmn', letter);
SELECT is(pg_temp.attempt('fairdraw_writer', statement), '42501', 'a member of pg_write_all_data may not do ' || statement)
FROM unnest(ARRAY['DELETE FROM fairdraw_data.step', 'DELETE FROM fairdraw_data.agency']) AS statement;

--
-- Secrets: before the seed is disclosed they appear in nothing that a drawer can
-- read
--
CREATE TEMP TABLE secret AS
SELECT 'the secret of ' || ceremony AS what, secret AS value FROM fairdraw_data.ceremony_secret WHERE ceremony <> 'disclosed'
UNION ALL SELECT 'the salt key of ' || label, key FROM fairdraw_data.salt_key JOIN fairdraw_data.draw USING (draw)
UNION ALL SELECT 'S of executed', encode(sha256(convert_to(string_agg(t || E'\n', ''), 'UTF8')), 'hex') FROM fairdraw.seed_text('executed') t
UNION ALL SELECT 'K of executed', fairdraw.stream_key(string_agg(t || E'\n', ''), 'executed/1') FROM fairdraw.seed_text('executed') t
UNION ALL SELECT 'K of executed/teams', encode(sha256(convert_to(encode(sha256(convert_to(string_agg(t || E'\n', ''), 'UTF8')), 'hex')
        || '/lottery/executed/teams', 'UTF8')), 'hex') FROM fairdraw.seed_text('executed') t
UNION ALL SELECT 'the salt of ' || split_part(t, E'\t', 1), split_part(t, E'\t', 4) FROM fairdraw.export_draw('executed/1', 'auditor') t
    WHERE t ~ E'^F-[0-9]+\t.*\tc';
SELECT is((SELECT count(*)::integer FROM secret WHERE value ~ '^[0-9a-f]{32,64}$'), 3 + 5 + 3 + 40, 'the secrets are known to this test');

CREATE TEMP TABLE source (n integer GENERATED ALWAYS AS IDENTITY, query text);
INSERT INTO source (query)
SELECT format('SELECT string_agg(t::text, '' '') FROM fairdraw_data.%I t', relname) FROM relation;
INSERT INTO source (query)
SELECT format('SELECT string_agg(t::text, '' '') FROM fairdraw.%s t', f)
FROM unnest(ARRAY['plan_text(''open/1'')', 'plan_text(''executed/1'')', 'ceremony_text(''sealed'')', 'ceremony_text(''executed'')',
    'result_text(''executed/1'')', 'data_text(''executed'', ''staff'')', 'frame_lines(''open/1'')', 'frame_lines(''executed/1'')',
    'export_draw(''sealed/1'')', 'export_draw(''executed/1'')', 'verify_draw(''executed/1'')', 'verify_draw(''open/1'')',
    'lottery_text(''executed/teams'')', 'chances_text(''executed/teams'')', 'teams_text(''executed/teams'')', 'export_lottery(''executed/teams'')',
    'verify_lottery(''executed/teams'')', 'teams(''executed/teams'')', 'substitutes(''executed/teams'')', 'lottery_metrics(''executed/teams'')',
    'selection(''executed/1'')', 'seed_text(''disclosed'')', 'unit_proof(''executed/1'', ''G-1'')']) AS f;
INSERT INTO source (query) VALUES ('SELECT string_agg(s::text, '' '') FROM pg_stats s WHERE schemaname = ''fairdraw_data'''),
    ('SELECT string_agg(s::text, '' '') FROM pg_statistic_ext_data s'), ('SELECT string_agg(s::text, '' '') FROM pg_cursors s'),
    ('SELECT string_agg(s::text, '' '') FROM pg_prepared_statements s'), ('SELECT string_agg(s::text, '' '') FROM pg_stat_activity s');
DO $$BEGIN EXECUTE (SELECT string_agg(format('ANALYZE fairdraw_data.%I', relname), '; ') FROM relation JOIN pg_class USING (relname) WHERE relkind = 'r'); END$$;
SELECT is_empty(format($q$SELECT what, query FROM secret, source WHERE strpos(pg_temp.seen(%L, query), value) > 0$q$, role),
    format('no secret appears in what %s can read', role))
FROM unnest('{fairdraw_drawer,fairdraw_reader,fairdraw_stranger,fairdraw_writer}'::text[]) AS role;

SELECT is_empty($q$SELECT what FROM secret WHERE NOT EXISTS (SELECT FROM source WHERE strpos(pg_temp.seen('fairdraw_owner', query), value) > 0)
    AND what ~ '^the (secret|salt key)'$q$, 'the owner does read them there');

-- the proof of a unit has the salt of that unit, and no other secret
SELECT is_empty($$SELECT what FROM secret, LATERAL (SELECT string_agg(t, ' ') FROM fairdraw.unit_proof('executed/1', 'F-7') t) AS p (proof)
    WHERE strpos(proof, value) > 0 AND what <> 'the salt of F-7'$$, 'the proof of a unit has no secret but the salt of that unit');

-- what a statistic shows would be a sample of it
SELECT is_empty($$SELECT tablename, attname FROM pg_stats WHERE schemaname = 'fairdraw_data'
    AND (tablename, attname) IN (('ceremony_secret', 'secret'), ('salt_key', 'key'), ('data_set', 'salt'), ('data_row', 'line'), ('frame', 'micro'),
        ('team', 'uid'), ('team', 'inspector'))$$,
    'no statistics are kept on what is secret');

--
-- What the owner plants on the records runs as the owner
--
SET LOCAL SESSION AUTHORIZATION fairdraw_owner;
CREATE SCHEMA planted;
CREATE TABLE planted.log (who text);
CREATE FUNCTION planted.log_row() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO planted.log VALUES (current_user); RETURN NEW; END$$;
CREATE FUNCTION planted.log_rule() RETURNS boolean LANGUAGE sql AS $$INSERT INTO planted.log VALUES (current_user); SELECT true$$;
CREATE FUNCTION planted.set_role() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN EXECUTE format('SET ROLE %I', session_user); RETURN NEW; END$$;
CREATE FUNCTION planted.authorize() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN EXECUTE format('SET SESSION AUTHORIZATION %I', session_user); RETURN NEW; END$$;
CREATE FUNCTION planted.become_superuser() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN ALTER ROLE fairdraw_owner SUPERUSER; RETURN NEW; END$$;
CREATE FUNCTION planted.listen() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN CREATE TEMP TABLE planted_temp (a text); RETURN NEW; END$$;
RESET SESSION AUTHORIZATION;

-- what happens when a superuser opens a ceremony, with something planted first
CREATE FUNCTION pg_temp.planted(plant text, query text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    super text := session_user;
    value text := 'done';
BEGIN
    PERFORM set_config('session_authorization', 'fairdraw_owner', true);
    EXECUTE plant;
    PERFORM set_config('session_authorization', super, true);
    PERFORM fairdraw.open_ceremony('planted', ARRAY['beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'https://example.org', '2999-05-01');
    SET CONSTRAINTS ALL IMMEDIATE;
    IF query IS NOT NULL THEN
        EXECUTE query INTO value;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = coalesce(value, 'NULL');
EXCEPTION
    WHEN SQLSTATE 'ZZ000' THEN RETURN SQLERRM;
    WHEN OTHERS THEN RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
SELECT is(pg_temp.planted('SELECT 1', $$SELECT opened_by FROM fairdraw_data.ceremony WHERE ceremony = 'planted'$$), session_user::text,
    'a ceremony is opened in the name of its caller');
SELECT is(pg_temp.planted('CREATE TRIGGER t BEFORE INSERT ON fairdraw_data.ceremony FOR EACH ROW EXECUTE FUNCTION planted.log_row()',
    'SELECT string_agg(DISTINCT who, '','') FROM planted.log'), 'fairdraw_owner', 'a trigger of the owner runs as the owner');
SELECT is(pg_temp.planted('CREATE TRIGGER t AFTER INSERT ON fairdraw_data.entropy_source FOR EACH ROW EXECUTE FUNCTION planted.log_row()',
    'SELECT string_agg(DISTINCT who, '','') FROM planted.log'), 'fairdraw_owner', 'so does one that fires afterwards');
SELECT is(pg_temp.planted('CREATE TRIGGER t AFTER INSERT ON fairdraw_data.team FOR EACH ROW EXECUTE FUNCTION planted.log_row()',
    'SELECT fairdraw.execute_lottery(''disclosed/teams''); SELECT string_agg(DISTINCT who, '','') FROM planted.log'), 'fairdraw_owner',
    'and one on the teams of a lottery');
SELECT is(pg_temp.planted('CREATE CONSTRAINT TRIGGER t AFTER INSERT ON fairdraw_data.ceremony DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION planted.log_row()'),
    '42501: cannot fire deferred trigger within security-restricted operation', 'one that is deferred to the end of the transaction is refused');
SELECT is(pg_temp.planted('CREATE RULE r AS ON INSERT TO fairdraw_data.entropy_source DO ALSO SELECT planted.log_rule()',
    'SELECT string_agg(DISTINCT who, '','') FROM planted.log'), 'fairdraw_owner', 'a rule of the owner runs as the owner');
SELECT is(pg_temp.planted('ALTER TABLE fairdraw_data.ceremony ADD COLUMN d boolean DEFAULT planted.log_rule()',
    'SELECT string_agg(DISTINCT who, '','') FROM planted.log'), 'fairdraw_owner', 'so does a default of the owner');
SELECT is(pg_temp.planted('CREATE TRIGGER t BEFORE INSERT ON fairdraw_data.ceremony FOR EACH ROW EXECUTE FUNCTION planted.set_role()'),
    '42501: cannot set parameter "role" within security-restricted operation', 'a trigger cannot set the role');
SELECT is(pg_temp.planted('CREATE TRIGGER t BEFORE INSERT ON fairdraw_data.ceremony FOR EACH ROW EXECUTE FUNCTION planted.authorize()'),
    '42501: cannot set parameter "session_authorization" within security-restricted operation', 'nor the session authorization');
SELECT matches(pg_temp.planted('CREATE TRIGGER t BEFORE INSERT ON fairdraw_data.ceremony FOR EACH ROW EXECUTE FUNCTION planted.become_superuser()'),
    '^42501: ', 'nor make its owner a superuser');
SELECT is(pg_temp.planted('CREATE TRIGGER t BEFORE INSERT ON fairdraw_data.ceremony FOR EACH ROW EXECUTE FUNCTION planted.listen()'),
    '42501: cannot create temporary table within security-restricted operation', 'nor leave a temporary table behind');
SELECT ok(NOT rolsuper, 'the owner is no superuser after all of it') FROM pg_roles WHERE rolname = 'fairdraw_owner';

-- a schema that was made before setup(), with a trap in it, is not taken for the records
SELECT is(pg_temp.attempt(session_user, $$ALTER SCHEMA fairdraw_data RENAME TO kept; SET LOCAL ROLE fairdraw_stranger;
    CREATE SCHEMA fairdraw_data; CREATE TABLE fairdraw_data.step (step integer, done_at timestamptz);
    RESET ROLE; SELECT fairdraw.setup('trapped')$$), '42501', 'setup() by a superuser does not touch a schema of somebody else');

--
-- What a drawer plants
--
SET LOCAL SESSION AUTHORIZATION fairdraw_drawer;
CREATE TABLE drawer.log (who text);
CREATE FUNCTION drawer.trap(text, text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'trapped as %', current_user; END$$;
CREATE OPERATOR drawer.= (LEFTARG = text, RIGHTARG = text, FUNCTION = drawer.trap);
CREATE OPERATOR drawer.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = drawer.trap);
CREATE OPERATOR drawer.<= (LEFTARG = text, RIGHTARG = text, FUNCTION = drawer.trap);
CREATE FUNCTION drawer.to_char(timestamp, text) RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'trapped as %', current_user; END$$;
CREATE FUNCTION drawer.encode(bytea, text) RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'trapped as %', current_user; END$$;
CREATE FUNCTION drawer.trap_state(integer, integer) RETURNS integer LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'trapped as %', current_user; END$$;
CREATE AGGREGATE drawer.max(integer) (SFUNC = drawer.trap_state, STYPE = integer, INITCOND = '0');
CREATE FUNCTION drawer.tries(what text) RETURNS text LANGUAGE plpgsql AS $$BEGIN EXECUTE what; RETURN 'F-1'; END$$;
RESET SESSION AUTHORIZATION;

SELECT is(pg_temp.attempt('fairdraw_drawer', format('SET LOCAL search_path = drawer, pg_catalog; %s', statement)), 'done',
    'operators and functions in the search_path of the caller are not used by ' || substring(statement FROM 'fairdraw\.(\w+)'))
FROM call WHERE who IN ('odm', 'odam') AND statement !~ 'commit_draw' ORDER BY n;
SELECT is(pg_temp.attempt('fairdraw_drawer', $$SET LOCAL search_path = drawer, pg_catalog; SELECT fairdraw.commit_draw('open', 'new', 'TABLE firm',
    '{"even": 1, "odd": 1}', 'SELECT ''G-1'' AS uid, ''gone'' AS reason', 'SELECT uid FROM firm UNION ALL SELECT ''G-1''')$$), 'done',
    'nor by commit_draw, which finds the tables there');

-- a frame query runs as its caller, and can change nothing
CREATE FUNCTION pg_temp.framed(role text, what text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.message(role, format('SELECT fairdraw.commit_draw(''open'', ''framed'', %L, ''1'')', format('SELECT drawer.tries(%L) AS uid', what)))
$$;
SELECT is(pg_temp.framed('fairdraw_drawer', what), report, 'a frame query may not ' || name)
FROM (VALUES
    ('seal the ceremony', $$SELECT fairdraw.seal_ceremony('open')$$, '25006: cannot execute SELECT FOR UPDATE in a read-only transaction'),
    ('commit in the ceremony', $$SELECT fairdraw.commit_data('open', 'more', 'SELECT 1 AS a')$$, '25006: cannot execute SELECT FOR SHARE in a read-only transaction'),
    ('commit a lottery', $$SELECT fairdraw.commit_lottery('open', 'more', ARRAY['open/2'], 'staff', NULL, NULL)$$, '25006: cannot execute SELECT FOR SHARE in a read-only transaction'),
    ('execute a lottery', $$SELECT fairdraw.execute_lottery('disclosed/teams')$$, '25006: cannot execute SELECT FOR UPDATE in a read-only transaction'),
    ('execute another ceremony', $$SELECT fairdraw.execute_ceremony('sealed', '{"beacon": "0123456789abcdef"}')$$, '25006: cannot execute SELECT FOR UPDATE in a read-only transaction'),
    ('abort another ceremony', $$SELECT fairdraw.abort_ceremony('sealed', 'reason')$$, '25006: cannot execute SELECT FOR UPDATE in a read-only transaction'),
    ('open a ceremony', $$SELECT fairdraw.open_ceremony('new', ARRAY['beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'https://example.org', '2999-05-01')$$, '25006: cannot execute INSERT in a read-only transaction'),
    ('write to a table', $$INSERT INTO drawer.log VALUES (current_user)$$, '25006: cannot execute INSERT in a read-only transaction'),
    ('make the transaction writable', $$SET transaction_read_only = off$$, '25001: cannot set transaction read-write mode inside a read-only transaction'),
    ('append to the records', $$INSERT INTO fairdraw_data.disclosure (ceremony, disclosed_by) VALUES ('executed', 'me')$$, '25006: cannot execute INSERT in a read-only transaction'),
    ('read a secret', $$SELECT secret FROM fairdraw_data.ceremony_secret$$, '42501: permission denied for table ceremony_secret'),
    ('read a salt key', $$SELECT key FROM fairdraw_data.salt_key$$, '42501: permission denied for table salt_key'),
    ('take the role of the owner', $$SET ROLE fairdraw_owner$$, '42501: permission denied to set role "fairdraw_owner"'),
    ('read a seed that is not disclosed', $$SELECT fairdraw.seed_text('executed')$$, '42501: the seed of ceremony "executed" is not public yet')
) AS v (name, what, report);

-- the owner, who may write to tables, cannot make the frame query append either
SELECT is(pg_temp.message('fairdraw_owner', $$SELECT fairdraw.commit_draw('open', 'framed', 'SELECT planted.log_rule()::text AS uid', '1')$$),
    '25006: cannot execute INSERT in a read-only transaction', 'a frame query of the owner writes nothing either');

-- a function of a drawer that is SECURITY DEFINER has the rights of the drawer, for whoever calls it
SELECT is(pg_temp.attempt('fairdraw_drawer', $$
    CREATE FUNCTION drawer.lends() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT fairdraw.seal_ceremony(''open'')';
    SELECT drawer.lends()$$), 'done', 'a drawer can lend out a duty by SECURITY DEFINER');
SELECT is(pg_temp.attempt('fairdraw_stranger', $$
    CREATE SCHEMA stranger; CREATE FUNCTION stranger.takes() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT fairdraw.seal_ceremony(''open'')';
    SELECT stranger.takes()$$), '42501', 'a stranger cannot take one that way');

--
-- Duties are privileges: they are revoked, dumped and dropped as such
--
SELECT set_eq($$SELECT p.proname || ' ' || a.grantee::regrole || ' ' || a.privilege_type FROM pg_proc p, aclexplode(p.proacl) a
    WHERE p.pronamespace = 'fairdraw_data'::regnamespace AND a.grantee <> p.proowner$$,
    ARRAY['drawer fairdraw_drawer EXECUTE', 'auditor fairdraw_auditor EXECUTE', 'publisher fairdraw_publisher EXECUTE'], 'a duty is the right to execute the function of its name');
SELECT is_empty($$SELECT c.relname, a.grantee::regrole, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.relnamespace = 'fairdraw_data'::regnamespace AND c.relkind IN ('r', 'v') AND a.grantee <> c.relowner
      AND (c.relname IN ('ceremony_secret', 'salt_key') OR a.privilege_type <> 'SELECT'
           OR a.grantee::regrole::text NOT IN ('fairdraw_drawer', 'fairdraw_auditor', 'fairdraw_publisher')
              AND (a.grantee <> 0 OR c.relname <> ALL (fairdraw.rule_tables() || 'step'::name)) OR a.is_grantable)$$,
    'with a duty goes SELECT on records, and nothing else');

SET LOCAL SESSION AUTHORIZATION fairdraw_owner;
DO $$BEGIN
    PERFORM fairdraw.grant_duty('auditor', 'fairdraw_drawer');
    PERFORM fairdraw.revoke_duty('drawer', 'fairdraw_drawer');
END$$;
RESET SESSION AUTHORIZATION;
SELECT is(pg_temp.attempt('fairdraw_drawer', $$SELECT fairdraw.seal_ceremony('open')$$), '42501', 'a duty that was revoked is gone');
SELECT is(pg_temp.attempt('fairdraw_drawer', $$SELECT fairdraw.seed_text('executed')$$), 'done', 'the other duty is still there');
SELECT is(pg_temp.seen('fairdraw_drawer', 'SELECT count(*) FROM fairdraw_data.draw'), '5', 'and so are the records');
SET LOCAL SESSION AUTHORIZATION fairdraw_owner;
DO $$BEGIN PERFORM fairdraw.revoke_duty('auditor', 'fairdraw_drawer'); END$$;
RESET SESSION AUTHORIZATION;
SELECT is(pg_temp.attempt('fairdraw_drawer', $$SELECT fairdraw.seed_text('disclosed')$$), '42501', 'with the last duty every right is gone');
SELECT is_empty($$SELECT relname FROM relation WHERE relname NOT IN (SELECT relname FROM open) AND pg_temp.seen('fairdraw_drawer', format('SELECT count(*) FROM fairdraw_data.%I', relname)) <> '42501'$$,
    'and no record can be read any more');
SELECT is(pg_temp.attempt(session_user, 'DROP OWNED BY fairdraw_drawer; DROP ROLE fairdraw_drawer'), 'done',
    'a role without a duty can be dropped');

SELECT * FROM finish();
ROLLBACK;
