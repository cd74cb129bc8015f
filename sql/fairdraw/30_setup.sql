-- Records: the tables that setup() makes, and who may do what.
--
-- They are records of the agency and no members of the extension: pg_dump
-- treats them as any table, and DROP EXTENSION refuses while they are there.

CREATE FUNCTION fairdraw.guard() RETURNS trigger
AS 'MODULE_PATHNAME', 'fairdraw_guard'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.guard() IS
'trigger function of the records: they are appended by fairdraw, and never updated, deleted or truncated (记录只增不改)';

-- One step of setup() creates what one version added; a released step is never
-- changed.
CREATE FUNCTION fairdraw.setup_step_1() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    record_table text;
BEGIN
    CREATE TABLE fairdraw_data.agency (
        id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
        name text COLLATE "C"
    );
    COMMENT ON TABLE fairdraw_data.agency IS 'the agency that holds the ceremonies (机关), as their texts name it; its row is locked while a serial is given';

    CREATE TABLE fairdraw_data.ceremony (
        ceremony text COLLATE "C" PRIMARY KEY,
        rehearsal boolean NOT NULL,
        agency text NOT NULL,
        place text NOT NULL,
        disclose date NOT NULL,
        secret_hash text,
        opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        opened_by text NOT NULL
    );
    COMMENT ON TABLE fairdraw_data.ceremony IS 'ceremonies (抽取仪式): the draws and data that share one seed';
    COMMENT ON COLUMN fairdraw_data.ceremony.place IS 'where its text is published';
    COMMENT ON COLUMN fairdraw_data.ceremony.disclose IS 'date from which the seed is public at the latest';
    COMMENT ON COLUMN fairdraw_data.ceremony.secret_hash IS 'hex(H(secret)); NULL: it has none';

    CREATE TABLE fairdraw_data.entropy_source (
        ceremony text COLLATE "C" NOT NULL REFERENCES fairdraw_data.ceremony,
        position integer NOT NULL,
        name text COLLATE "C" NOT NULL,
        kind text NOT NULL CHECK (kind IN ('local', 'public')),
        bits integer NOT NULL CHECK (bits >= 0),
        due timestamptz NOT NULL,
        mask text NOT NULL,
        how text NOT NULL,
        PRIMARY KEY (ceremony, position),
        UNIQUE (ceremony, name)
    );
    COMMENT ON TABLE fairdraw_data.entropy_source IS 'sources of entropy of a ceremony (随机源), in the order of its text';
    COMMENT ON COLUMN fairdraw_data.entropy_source.due IS 'before this time nobody can know the value';

    CREATE TABLE fairdraw_data.ceremony_secret (
        ceremony text COLLATE "C" PRIMARY KEY REFERENCES fairdraw_data.ceremony,
        secret text NOT NULL
    );
    COMMENT ON TABLE fairdraw_data.ceremony_secret IS 'secrets of ceremonies (秘密值): readable by the owner of the schema, by superusers and in backups only';

    CREATE TABLE fairdraw_data.draw (
        draw integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        label text COLLATE "C" NOT NULL UNIQUE,
        ceremony text COLLATE "C" NOT NULL REFERENCES fairdraw_data.ceremony,
        method text NOT NULL,
        stream text COLLATE "C" NOT NULL,
        rotation text NOT NULL,
        sealed boolean NOT NULL,
        register bigint,
        units bigint NOT NULL,
        root text NOT NULL,
        exclusions bigint NOT NULL,
        exclusions_hash text NOT NULL,
        plan_hash text NOT NULL,
        committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        committed_by text NOT NULL
    );
    CREATE INDEX ON fairdraw_data.draw (ceremony);
    COMMENT ON TABLE fairdraw_data.draw IS 'committed draws (抽取方案): one plan each';
    COMMENT ON COLUMN fairdraw_data.draw.register IS 'number of units of the register; NULL: none was given';
    COMMENT ON COLUMN fairdraw_data.draw.root IS 'Merkle root of the frame lines';
    COMMENT ON COLUMN fairdraw_data.draw.sealed IS 'whether the frame lines hide the weights';

    CREATE TABLE fairdraw_data.stratum (
        draw integer NOT NULL REFERENCES fairdraw_data.draw,
        stratum integer NOT NULL,
        name text COLLATE "C" NOT NULL,
        units bigint NOT NULL,
        micro bigint NOT NULL,
        n bigint NOT NULL,
        reserve bigint NOT NULL,
        PRIMARY KEY (draw, stratum),
        UNIQUE (draw, name),
        CHECK (n BETWEEN 0 AND units AND reserve >= 0)
    );
    COMMENT ON TABLE fairdraw_data.stratum IS 'strata of the committed draws (层), ascending by name';
    COMMENT ON COLUMN fairdraw_data.stratum.micro IS 'sum of weight * 10^6';

    CREATE TABLE fairdraw_data.salt_key (
        draw integer PRIMARY KEY REFERENCES fairdraw_data.draw,
        key text NOT NULL
    );
    COMMENT ON TABLE fairdraw_data.salt_key IS 'keys from which the salts of sealed weights follow (盐值密钥): readable by the owner of the schema, by superusers and in backups only';

    -- no foreign key: it would cost more than the hashes of a unit
    CREATE TABLE fairdraw_data.frame (
        draw integer NOT NULL,
        stratum integer NOT NULL,
        micro bigint NOT NULL,
        leaf integer NOT NULL,
        uid text COLLATE "C" NOT NULL,
        PRIMARY KEY (draw, uid)
    );
    COMMENT ON TABLE fairdraw_data.frame IS 'frozen frames (冻结的抽样框), one row a unit; leave only through archive_draw()';
    COMMENT ON COLUMN fairdraw_data.frame.micro IS 'weight * 10^6';
    COMMENT ON COLUMN fairdraw_data.frame.leaf IS 'the first four bytes of the hash of its frame line: names the unit that was changed';

    CREATE TABLE fairdraw_data.frame_block (
        draw integer NOT NULL,
        block integer NOT NULL,
        first_uid text COLLATE "C" NOT NULL,
        hash bytea NOT NULL,
        PRIMARY KEY (draw, block)
    );
    COMMENT ON TABLE fairdraw_data.frame_block IS 'Merkle nodes of the frames, one for 256 units, so that the proof of a unit is quick';

    CREATE TABLE fairdraw_data.exclusion (
        draw integer NOT NULL,
        uid text COLLATE "C" NOT NULL,
        reason text NOT NULL,
        PRIMARY KEY (draw, uid)
    );
    COMMENT ON TABLE fairdraw_data.exclusion IS 'units of the register that are not in the frame (排除名单), with the reason';

    CREATE TABLE fairdraw_data.data_set (
        ceremony text COLLATE "C" NOT NULL REFERENCES fairdraw_data.ceremony,
        name text COLLATE "C" NOT NULL,
        salt text NOT NULL,
        columns text[] NOT NULL,
        rows bigint NOT NULL,
        hash text NOT NULL,
        committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        committed_by text NOT NULL,
        PRIMARY KEY (ceremony, name)
    );
    COMMENT ON TABLE fairdraw_data.data_set IS 'other data that was committed (承诺的数据): inspectors, recusals, rules';

    CREATE TABLE fairdraw_data.data_row (
        ceremony text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        position bigint NOT NULL,
        line text NOT NULL,
        PRIMARY KEY (ceremony, name, position)
    );
    COMMENT ON TABLE fairdraw_data.data_row IS 'rows of the committed data, as the lines of their text';

    CREATE TABLE fairdraw_data.seal (
        ceremony text COLLATE "C" PRIMARY KEY REFERENCES fairdraw_data.ceremony,
        serial integer NOT NULL CHECK (serial >= 0),
        previous text,
        hash text NOT NULL,
        sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        sealed_by text NOT NULL
    );
    CREATE UNIQUE INDEX ON fairdraw_data.seal (serial) WHERE serial > 0;
    COMMENT ON TABLE fairdraw_data.seal IS 'sealed ceremonies (封存): from then on nothing about them can be changed';
    COMMENT ON COLUMN fairdraw_data.seal.serial IS 'counts from 1 without gaps; 0: a rehearsal';
    COMMENT ON COLUMN fairdraw_data.seal.previous IS 'hash of the ceremony one serial before';

    CREATE TABLE fairdraw_data.abort (
        ceremony text COLLATE "C" PRIMARY KEY REFERENCES fairdraw_data.ceremony,
        reason text NOT NULL,
        secret text,
        aborted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        aborted_by text NOT NULL
    );
    COMMENT ON TABLE fairdraw_data.abort IS 'aborted ceremonies (中止), with the reason and the secret that was thereby disclosed';

    CREATE TABLE fairdraw_data.execution (
        ceremony text COLLATE "C" NOT NULL REFERENCES fairdraw_data.ceremony,
        execution integer NOT NULL CHECK (execution > 0),
        reason text,
        executed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        executed_by text NOT NULL,
        PRIMARY KEY (ceremony, execution),
        CHECK ((execution = 1) = (reason IS NULL))
    );
    COMMENT ON TABLE fairdraw_data.execution IS 'executions (执行抽取): the first, and those that correct a value that was entered wrongly; the last one holds';

    CREATE TABLE fairdraw_data.entropy_value (
        ceremony text COLLATE "C" NOT NULL,
        execution integer NOT NULL,
        name text COLLATE "C" NOT NULL,
        value text NOT NULL,
        PRIMARY KEY (ceremony, execution, name),
        FOREIGN KEY (ceremony, execution) REFERENCES fairdraw_data.execution
    );
    COMMENT ON TABLE fairdraw_data.entropy_value IS 'values of the entropy (随机数值), as they were entered';

    CREATE TABLE fairdraw_data.disclosure (
        ceremony text COLLATE "C" PRIMARY KEY REFERENCES fairdraw_data.ceremony,
        disclosed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        disclosed_by text NOT NULL
    );
    COMMENT ON TABLE fairdraw_data.disclosure IS 'ceremonies whose seed is public (公开种子)';

    CREATE TABLE fairdraw_data.result (
        draw integer NOT NULL REFERENCES fairdraw_data.draw,
        execution integer NOT NULL,
        hash text NOT NULL,
        PRIMARY KEY (draw, execution)
    );
    COMMENT ON TABLE fairdraw_data.result IS 'hashes of the results (抽取结果)';

    CREATE TABLE fairdraw_data.cutoff (
        draw integer NOT NULL,
        execution integer NOT NULL,
        stratum integer NOT NULL,
        certain bigint NOT NULL,
        n bigint NOT NULL,
        w bigint NOT NULL,
        cutoff text NOT NULL,
        PRIMARY KEY (draw, execution, stratum),
        FOREIGN KEY (draw, execution) REFERENCES fairdraw_data.result
    );
    COMMENT ON TABLE fairdraw_data.cutoff IS 'the cutoff lines of the results (入选界限)';
    COMMENT ON COLUMN fairdraw_data.cutoff.n IS 'units still wanted after the certain ones';
    COMMENT ON COLUMN fairdraw_data.cutoff.w IS 'sum of micro after the certain units';

    CREATE TABLE fairdraw_data.selection (
        draw integer NOT NULL,
        execution integer NOT NULL,
        stratum integer NOT NULL,
        rank integer NOT NULL,
        role text NOT NULL CHECK (role IN ('certain', 'drawn', 'reserve')),
        uid text COLLATE "C" NOT NULL,
        ticket bytea NOT NULL,
        micro bigint NOT NULL,
        PRIMARY KEY (draw, execution, stratum, rank)
    );
    CREATE UNIQUE INDEX ON fairdraw_data.selection (draw, uid, execution);
    COMMENT ON TABLE fairdraw_data.selection IS 'the drawn units (抽中名单), with the reserve; fairdraw.selection() reads the one that holds';

    CREATE TABLE fairdraw_data.archive (
        draw integer PRIMARY KEY REFERENCES fairdraw_data.draw,
        bundle_hash text NOT NULL,
        archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        archived_by text NOT NULL
    );
    COMMENT ON TABLE fairdraw_data.archive IS 'draws whose frame was archived (归档): it now stands in the auditor''s bundle of this hash';

    -- For people and reporting tools: what stands where.
    CREATE VIEW fairdraw_data.ceremony_state WITH (security_invoker = true) AS
    SELECT c.ceremony, c.rehearsal,
        CASE WHEN a.ceremony IS NOT NULL THEN 'aborted'
            WHEN d.ceremony IS NOT NULL THEN 'disclosed'
            WHEN x.executions > 0 THEN 'executed'
            WHEN s.ceremony IS NOT NULL THEN 'sealed'
            ELSE 'open' END AS state,
        s.serial, s.hash, e.first_due, e.last_due, c.disclose, c.place,
        d.ceremony IS NULL AND x.executions > 0 AND c.disclose <= current_date AS disclosure_overdue,
        (SELECT count(*) FROM fairdraw_data.draw w WHERE w.ceremony = c.ceremony) AS draws,
        coalesce(x.executions, 0) AS executions,
        c.opened_at, s.sealed_at, x.executed_at, d.disclosed_at, a.aborted_at, a.reason
    FROM fairdraw_data.ceremony c
    LEFT JOIN fairdraw_data.seal s USING (ceremony)
    LEFT JOIN fairdraw_data.abort a USING (ceremony)
    LEFT JOIN fairdraw_data.disclosure d USING (ceremony)
    LEFT JOIN (SELECT v.ceremony, min(v.due) AS first_due, max(v.due) AS last_due
        FROM fairdraw_data.entropy_source v GROUP BY v.ceremony) e USING (ceremony)
    LEFT JOIN (SELECT v.ceremony, count(*) AS executions, max(v.executed_at) AS executed_at
        FROM fairdraw_data.execution v GROUP BY v.ceremony) x USING (ceremony);
    COMMENT ON VIEW fairdraw_data.ceremony_state IS 'where each ceremony stands (仪式状态): open, sealed, executed, disclosed or aborted, with its times';

    CREATE VIEW fairdraw_data.frame_unit WITH (security_invoker = true) AS
    SELECT d.label, f.uid, s.name AS stratum, f.micro / 1000000.0 AS weight
    FROM fairdraw_data.frame f
    JOIN fairdraw_data.draw d USING (draw)
    JOIN fairdraw_data.stratum s USING (draw, stratum);
    COMMENT ON VIEW fairdraw_data.frame_unit IS 'the frozen frames with names (冻结的抽样框): WHERE label = ... AND uid = ... is quick';

    -- A duty is the right to execute a function that does nothing: a privilege
    -- that no predefined role has, and that pg_dump, DROP ROLE and REVOKE know.
    CREATE FUNCTION fairdraw_data.drawer() RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT true';
    CREATE FUNCTION fairdraw_data.auditor() RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT true';
    REVOKE ALL ON FUNCTION fairdraw_data.drawer(), fairdraw_data.auditor() FROM PUBLIC;
    COMMENT ON FUNCTION fairdraw_data.drawer() IS 'who may execute this has the duty drawer (抽取人员): opens, commits, seals and executes ceremonies';
    COMMENT ON FUNCTION fairdraw_data.auditor() IS 'who may execute this has the duty auditor (审计人员): reads everything of a ceremony once it is executed';

    -- What nobody but the owner reads, and what only those with a duty do; a
    -- member of pg_read_all_data sees no row of either.
    ALTER TABLE fairdraw_data.ceremony_secret ENABLE ROW LEVEL SECURITY;
    ALTER TABLE fairdraw_data.salt_key ENABLE ROW LEVEL SECURITY;
    -- pg_statistic shows samples of a column to whoever may read the table
    ALTER TABLE fairdraw_data.ceremony_secret ALTER COLUMN secret SET STATISTICS 0;
    ALTER TABLE fairdraw_data.salt_key ALTER COLUMN key SET STATISTICS 0;
    ALTER TABLE fairdraw_data.frame ALTER COLUMN micro SET STATISTICS 0;
    ALTER TABLE fairdraw_data.data_set ALTER COLUMN salt SET STATISTICS 0;
    ALTER TABLE fairdraw_data.data_row ALTER COLUMN line SET STATISTICS 0;
    ALTER TABLE fairdraw_data.selection ALTER COLUMN uid SET STATISTICS 0;
    ALTER TABLE fairdraw_data.selection ALTER COLUMN ticket SET STATISTICS 0;
    FOREACH record_table IN ARRAY '{frame,data_set,data_row,selection,cutoff}'::text[] LOOP
        EXECUTE format('ALTER TABLE fairdraw_data.%I ENABLE ROW LEVEL SECURITY', record_table);
        EXECUTE format($$CREATE POLICY duty ON fairdraw_data.%I FOR SELECT USING ((SELECT pg_catalog.has_function_privilege('fairdraw_data.drawer()', 'EXECUTE') OR pg_catalog.has_function_privilege('fairdraw_data.auditor()', 'EXECUTE')))$$, record_table);
    END LOOP;
END
$function$;

COMMENT ON FUNCTION fairdraw.setup_step_1() IS 'step of setup(): the records of ceremonies and draws; not to be called by itself';

-- Lotteries of inspectors.
CREATE FUNCTION fairdraw.setup_step_2() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    CREATE TABLE fairdraw_data.lottery (
        lottery integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        label text COLLATE "C" NOT NULL UNIQUE,
        ceremony text COLLATE "C" NOT NULL REFERENCES fairdraw_data.ceremony,
        staff text COLLATE "C" NOT NULL,
        rules text COLLATE "C",
        recusals text COLLATE "C",
        options jsonb NOT NULL,
        hash text NOT NULL,
        committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        committed_by text NOT NULL
    );
    CREATE INDEX ON fairdraw_data.lottery (ceremony);
    COMMENT ON TABLE fairdraw_data.lottery IS 'committed lotteries of inspectors (检查人员抽取方案)';
    COMMENT ON COLUMN fairdraw_data.lottery.staff IS 'name of the committed data with the inspectors';
    COMMENT ON COLUMN fairdraw_data.lottery.rules IS 'name of the committed data with the rules; NULL: none';
    COMMENT ON COLUMN fairdraw_data.lottery.recusals IS 'name of the committed data with the recusals; NULL: none';

    CREATE TABLE fairdraw_data.lottery_draw (
        lottery integer NOT NULL REFERENCES fairdraw_data.lottery,
        draw integer NOT NULL REFERENCES fairdraw_data.draw,
        PRIMARY KEY (lottery, draw)
    );
    COMMENT ON TABLE fairdraw_data.lottery_draw IS 'draws whose drawn units a lottery sends teams to';

    CREATE TABLE fairdraw_data.lottery_outcome (
        lottery integer NOT NULL REFERENCES fairdraw_data.lottery,
        outcome integer NOT NULL CHECK (outcome > 0),
        execution integer NOT NULL CHECK (execution > 0),
        unit bigint NOT NULL,
        chances_hash text NOT NULL,
        teams_hash text NOT NULL,
        executed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        executed_by text NOT NULL,
        PRIMARY KEY (lottery, outcome)
    );
    COMMENT ON TABLE fairdraw_data.lottery_outcome IS 'outcomes of lotteries (派员结果): one, and another where an execution that it rests on was corrected; the last one holds';
    COMMENT ON COLUMN fairdraw_data.lottery_outcome.execution IS 'the execution of its ceremony';
    COMMENT ON COLUMN fairdraw_data.lottery_outcome.unit IS 'denominator of the probabilities';

    CREATE TABLE fairdraw_data.lottery_result (
        lottery integer NOT NULL,
        outcome integer NOT NULL,
        draw integer NOT NULL,
        draw_execution integer NOT NULL,
        PRIMARY KEY (lottery, outcome, draw),
        FOREIGN KEY (lottery, outcome) REFERENCES fairdraw_data.lottery_outcome,
        FOREIGN KEY (draw, draw_execution) REFERENCES fairdraw_data.result
    );
    COMMENT ON TABLE fairdraw_data.lottery_result IS 'the results of draws that an outcome of a lottery rests on';

    CREATE TABLE fairdraw_data.team (
        lottery integer NOT NULL,
        outcome integer NOT NULL,
        draw integer NOT NULL,
        uid text COLLATE "C" NOT NULL,
        role text COLLATE "C" NOT NULL CHECK (role IN ('team', 'substitute')),
        rank integer NOT NULL,
        inspector text COLLATE "C" NOT NULL,
        numerator bigint NOT NULL,
        PRIMARY KEY (lottery, outcome, draw, uid, role, rank)
    );
    CREATE INDEX ON fairdraw_data.team (inspector);
    COMMENT ON TABLE fairdraw_data.team IS 'who goes where (检查组), and the substitutes in their order (候补); fairdraw.teams() reads the outcome that holds';
    COMMENT ON COLUMN fairdraw_data.team.numerator IS 'probability of the inspector for this visit, times the unit of the outcome; 0 for a substitute';

    -- who comes, and where, is for those with a duty
    ALTER TABLE fairdraw_data.team ALTER COLUMN uid SET STATISTICS 0;
    ALTER TABLE fairdraw_data.team ALTER COLUMN inspector SET STATISTICS 0;
    ALTER TABLE fairdraw_data.team ENABLE ROW LEVEL SECURITY;
    CREATE POLICY duty ON fairdraw_data.team FOR SELECT
        USING ((SELECT pg_catalog.has_function_privilege('fairdraw_data.drawer()', 'EXECUTE') OR pg_catalog.has_function_privilege('fairdraw_data.auditor()', 'EXECUTE')));

    -- whoever reads the other records reads these
    PERFORM fairdraw.grant_like_draw(t.oid::regclass)
    FROM pg_class t
    WHERE t.relnamespace = 'fairdraw_data'::regnamespace AND t.relkind = 'r'
        AND t.relname IN ('lottery', 'lottery_draw', 'lottery_outcome', 'lottery_result', 'team');
END
$function$;

COMMENT ON FUNCTION fairdraw.setup_step_2() IS 'step of setup(): the records of lotteries of inspectors; not to be called by itself';

CREATE FUNCTION fairdraw.grant_like_draw(new_table regclass, old_table name DEFAULT 'draw') RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    reader oid;
BEGIN
    FOR reader IN
        SELECT a.grantee FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = format('fairdraw_data.%I', old_table)::regclass AND a.privilege_type = 'SELECT'
            AND a.grantee NOT IN (0, c.relowner)
    LOOP
        EXECUTE format('GRANT SELECT ON %s TO %s', new_table, reader::regrole);
    END LOOP;
END
$function$;

COMMENT ON FUNCTION fairdraw.grant_like_draw(regclass, name) IS 'part of setup(): lets those who read one table read another one that a later step made; not to be called by itself';

-- They are no records: their owner changes them.
CREATE FUNCTION fairdraw.rule_tables() RETURNS name[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{calendar_year,calendar_day,deadline_rule,rule_set,disclosure_rule,repair_rule,list_cause,result_code_map,indicator,indicator_target}'::name[];

COMMENT ON FUNCTION fairdraw.rule_tables() IS 'the tables of rules (规则表) in schema fairdraw_data, which their owner changes; all others are records';

-- Triggers are lost with DROP EXTENSION ... CASCADE, so every setup() puts them back.
CREATE FUNCTION fairdraw.setup_guards() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $function$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        WITH kept AS (
            SELECT c.oid AS kept_table, c.relname, c.relname = ANY (fairdraw.rule_tables()) AS is_rule FROM pg_class c
            WHERE c.relnamespace = 'fairdraw_data'::regnamespace AND c.relkind IN ('r', 'p')
        ), each AS (
            -- tgtype: row (1), before (2), INSERT (4), DELETE (8), UPDATE (16), TRUNCATE (32)
            -- setup() itself writes to step and agency
            SELECT kept_table, 'fairdraw_guard' AS name, 'fairdraw.guard' AS function,
                CASE WHEN relname IN ('step', 'agency') THEN 42 ELSE 62 END AS type FROM kept WHERE NOT is_rule
            UNION ALL SELECT kept_table, 'fairdraw_rules_lock', 'fairdraw.rules_changed', 62 FROM kept WHERE is_rule
            UNION ALL SELECT kept_table, 'fairdraw_rules', 'fairdraw.rules_changed', 60 FROM kept WHERE is_rule
            -- logical replication fires triggers of rows only
            UNION ALL SELECT kept_table, 'fairdraw_rules_row', 'fairdraw.rules_changed', 29 FROM kept WHERE is_rule
        )
        SELECT * FROM each e
        WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = e.kept_table
            AND t.tgname = e.name AND t.tgenabled = 'A' AND t.tgfoid = e.function::regproc
            AND t.tgqual IS NULL AND t.tgattr = ''::int2vector AND t.tgtype = e.type)
        ORDER BY e.kept_table::regclass::text, e.name
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', wanted.name, wanted.kept_table::regclass);
        EXECUTE format('CREATE TRIGGER %I %s %s ON %s FOR EACH %s EXECUTE FUNCTION %s()', wanted.name,
            CASE WHEN wanted.type & 2 <> 0 THEN 'BEFORE' ELSE 'AFTER' END,
            concat_ws(' OR ', CASE WHEN wanted.type & 4 <> 0 THEN 'INSERT' END, CASE WHEN wanted.type & 16 <> 0 THEN 'UPDATE' END,
                CASE WHEN wanted.type & 8 <> 0 THEN 'DELETE' END, CASE WHEN wanted.type & 32 <> 0 THEN 'TRUNCATE' END),
            wanted.kept_table::regclass, CASE WHEN wanted.type & 1 <> 0 THEN 'ROW' ELSE 'STATEMENT' END, wanted.function);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', wanted.kept_table::regclass, wanted.name);
    END LOOP;
END
$function$;

COMMENT ON FUNCTION fairdraw.setup_guards() IS 'part of setup(): puts the triggers of records and rules in place; not to be called by itself';

CREATE FUNCTION fairdraw.setup(agency text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- what this version needs; guard() and the C functions know the same number
    newest CONSTANT integer := fairdraw.setup_steps();
    data_owner oid := (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'fairdraw_data');
    done integer;
BEGIN
    IF data_owner IS NULL THEN
        CREATE SCHEMA fairdraw_data;
        COMMENT ON SCHEMA fairdraw_data IS 'records of fairdraw (抽取记录): made by fairdraw.setup(), kept by the agency';
        CREATE TABLE fairdraw_data.step (
            step integer PRIMARY KEY,
            done_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        COMMENT ON TABLE fairdraw_data.step IS 'steps of fairdraw.setup() that were taken';
    ELSIF data_owner <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user) THEN
        -- not even a superuser may: triggers of the owner's would run as one
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = format('schema fairdraw_data belongs to role %s', data_owner::regrole),
            HINT = format('SET ROLE %s, then call setup() again.', data_owner::regrole);
    ELSIF to_regclass('fairdraw_data.step') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_schema',
            MESSAGE = 'there is a schema fairdraw_data that setup() did not create',
            HINT = 'Rename it, then call setup() again.';
    ELSE
        -- one setup() at a time
        LOCK TABLE fairdraw_data.step IN SHARE ROW EXCLUSIVE MODE;
    END IF;

    SELECT coalesce(max(step), 0) INTO done FROM fairdraw_data.step;
    IF done > newest THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('the records are of a newer version of fairdraw: step %s, this one knows %s', done, newest),
            HINT = 'Install that version, then ALTER EXTENSION fairdraw UPDATE.';
    END IF;
    FOR next_step IN done + 1 .. newest LOOP
        EXECUTE format('SELECT fairdraw.setup_step_%s()', next_step);
        INSERT INTO fairdraw_data.step (step) VALUES (next_step);
    END LOOP;

    PERFORM fairdraw.setup_guards();
    PERFORM fairdraw.setup_views();
    PERFORM fairdraw.check_rules();
    INSERT INTO fairdraw_data.agency DEFAULT VALUES ON CONFLICT DO NOTHING;
    IF setup.agency IS NOT NULL THEN
        PERFORM fairdraw.require_label(setup.agency, 'agency');
        UPDATE fairdraw_data.agency a SET name = setup.agency WHERE a.name IS DISTINCT FROM setup.agency;
    END IF;
END
$function$;

COMMENT ON FUNCTION fairdraw.setup(text) IS
'creates or updates the records in schema fairdraw_data, owned by whoever calls it, and sets the name of the agency (机关名称); calling it again changes nothing';

CREATE FUNCTION fairdraw.setup_steps() RETURNS integer
AS 'MODULE_PATHNAME', 'fairdraw_setup_steps'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.setup_steps() IS 'the step of setup() that this version needs';

CREATE FUNCTION fairdraw.require_label(label text, what text) RETURNS void
AS 'MODULE_PATHNAME', 'fairdraw_require_label'
LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION fairdraw.require_label(text, text) IS 'an error unless the text is a label: 1 to 255 bytes, visible, NFC; protocol section 1';

CREATE FUNCTION fairdraw.grant_duty(duty text, role regrole) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM fairdraw.require_duty(duty, role);
    EXECUTE format('GRANT USAGE ON SCHEMA fairdraw_data TO %s', role);
    IF duty = 'publisher' THEN
        EXECUTE format('GRANT SELECT ON fairdraw_data.list_entry, fairdraw_data.list_removal, fairdraw_data.list_state, fairdraw_data.coverage_snapshot, fairdraw_data.coverage_base, fairdraw_data.coverage_figure, fairdraw_data.coverage_history, fairdraw_data.coverage_latest TO %s', role);
    ELSE
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA fairdraw_data TO %s', role);
        EXECUTE format('REVOKE SELECT ON fairdraw_data.ceremony_secret, fairdraw_data.salt_key FROM %s', role);
    END IF;
    EXECUTE format('GRANT EXECUTE ON FUNCTION fairdraw_data.%I() TO %s', duty, role);
END
$function$;

COMMENT ON FUNCTION fairdraw.grant_duty(text, regrole) IS
'gives a role the duty drawer (抽取人员), auditor (审计人员) or publisher (公示人员); for the owner of fairdraw_data';

CREATE FUNCTION fairdraw.revoke_duty(duty text, role regrole) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM fairdraw.require_duty(duty, role);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION fairdraw_data.%I() FROM %s', duty, role);
    IF has_function_privilege(role, 'fairdraw_data.drawer()', 'EXECUTE')
        OR has_function_privilege(role, 'fairdraw_data.auditor()', 'EXECUTE') THEN
        RETURN;
    END IF;
    EXECUTE format('REVOKE SELECT ON ALL TABLES IN SCHEMA fairdraw_data FROM %s', role);
    IF has_function_privilege(role, 'fairdraw_data.publisher()', 'EXECUTE') THEN
        PERFORM fairdraw.grant_duty('publisher', role);
    ELSE
        EXECUTE format('REVOKE USAGE ON SCHEMA fairdraw_data FROM %s', role);
    END IF;
END
$function$;

COMMENT ON FUNCTION fairdraw.revoke_duty(text, regrole) IS
'takes a duty from a role; for the owner of fairdraw_data';

CREATE FUNCTION fairdraw.require_duty(duty text, role regrole) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    data_owner oid := (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'fairdraw_data');
BEGIN
    IF duty IS NULL OR duty <> ALL ('{drawer,auditor,publisher}'::text[]) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('unknown duty: %L', duty),
            HINT = 'The duties are drawer, auditor and publisher.';
    END IF;
    IF role IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
            MESSAGE = 'the role is null',
            HINT = 'Name a role that exists.';
    END IF;
    IF data_owner IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'the records of fairdraw do not exist',
            HINT = 'Create them: SELECT fairdraw.setup(''name of the agency'').';
    END IF;
    IF NOT pg_has_role(data_owner, 'USAGE') THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = format('schema fairdraw_data belongs to role %s', data_owner::regrole),
            HINT = 'Only that role can grant and revoke duties.';
    END IF;
    IF (SELECT max(step) FROM fairdraw_data.step) < fairdraw.setup_steps() THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'the records of fairdraw are of an older version',
            HINT = 'Call SELECT fairdraw.setup(); as the role that owns them.';
    END IF;
END
$function$;

COMMENT ON FUNCTION fairdraw.require_duty(text, regrole) IS 'an error unless there is the duty and the role, and the caller may grant it';
