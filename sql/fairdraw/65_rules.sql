-- The rules that are data: tables that setup() makes and fills, which their owner
-- changes as any table, and which sessions keep compiled (doc/publication.md).

CREATE FUNCTION fairdraw.rules_changed() RETURNS trigger
AS 'MODULE_PATHNAME', 'fairdraw_rules_changed'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.rules_changed() IS
'trigger function of the tables of rules (规则表): makes every session read them anew, and refuses rules that cannot be evaluated';

CREATE FUNCTION fairdraw.check_rules() RETURNS void
AS 'MODULE_PATHNAME', 'fairdraw_check_rules'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.check_rules() IS
'an error, with the names of the rows, unless all rules can be evaluated (检查规则); part of setup()';

-- Working days, deadlines, publication, lists of enterprises, codes.  (Codes are
-- text, so that DROP EXTENSION ... CASCADE takes no column.)
CREATE FUNCTION fairdraw.setup_step_3() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    CREATE TABLE fairdraw_data.calendar_year (
        year integer PRIMARY KEY CHECK (year BETWEEN 1 AND 9999),
        source text NOT NULL CHECK (source <> ''),
        loaded_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    COMMENT ON TABLE fairdraw_data.calendar_year IS 'years whose working days are known (已载入的年份)';
    COMMENT ON COLUMN fairdraw_data.calendar_year.source IS 'where the schedule stands (放假安排的文件)';

    CREATE TABLE fairdraw_data.calendar_day (
        day date PRIMARY KEY CHECK (isfinite(day)),
        kind text NOT NULL CHECK (kind = 'off' OR kind = 'work' AND extract(isodow FROM day) > 5),
        year integer GENERATED ALWAYS AS (extract(year FROM day)::integer) STORED NOT NULL REFERENCES fairdraw_data.calendar_year ON DELETE CASCADE
    );
    CREATE INDEX ON fairdraw_data.calendar_day (year);
    COMMENT ON TABLE fairdraw_data.calendar_day IS 'days off (放假), and Saturdays and Sundays that are working days (调休上班); all others follow the week';
    COMMENT ON COLUMN fairdraw_data.calendar_day.kind IS 'off: no working day; work: a working day';

    CREATE TABLE fairdraw_data.deadline_rule (
        rule text COLLATE "C" PRIMARY KEY,
        event text COLLATE "C" NOT NULL,
        anchor text COLLATE "C" NOT NULL,
        unit text NOT NULL,
        length integer NOT NULL,
        month integer,
        roll boolean NOT NULL DEFAULT false,
        in_force boolean NOT NULL DEFAULT true,
        basis text NOT NULL,
        verified boolean NOT NULL,
        valid_from date NOT NULL,
        valid_to date
    );
    COMMENT ON TABLE fairdraw_data.deadline_rule IS 'by when something has to be done (期限规则); doc/publication.md section 3';
    COMMENT ON COLUMN fairdraw_data.deadline_rule.event IS 'what has to be done';
    COMMENT ON COLUMN fairdraw_data.deadline_rule.anchor IS 'the date from which it is counted (起算日)';
    COMMENT ON COLUMN fairdraw_data.deadline_rule.unit IS 'working: working days (工作日); calendar: days; month: a day of the month; year: a day of the year';
    COMMENT ON COLUMN fairdraw_data.deadline_rule.length IS 'how many days, or which day of the month';
    COMMENT ON COLUMN fairdraw_data.deadline_rule.month IS 'for unit year: which month';
    COMMENT ON COLUMN fairdraw_data.deadline_rule.roll IS 'whether the next working day counts where the due day is none (节假日顺延)';
    COMMENT ON COLUMN fairdraw_data.deadline_rule.in_force IS 'false: only where its anchor is named';

    CREATE TABLE fairdraw_data.rule_set (
        rule_set text COLLATE "C" PRIMARY KEY,
        title text NOT NULL,
        in_force boolean NOT NULL,
        source text NOT NULL,
        valid_from date NOT NULL,
        valid_to date
    );
    COMMENT ON TABLE fairdraw_data.rule_set IS 'rule books on publication (公示规则集)';
    COMMENT ON COLUMN fairdraw_data.rule_set.in_force IS 'false: judges only what names it, as a draft does (征求意见稿)';

    CREATE TABLE fairdraw_data.disclosure_rule (
        rule text COLLATE "C" PRIMARY KEY,
        rule_set text COLLATE "C" NOT NULL REFERENCES fairdraw_data.rule_set,
        kind text COLLATE "C" NOT NULL,
        code text COLLATE "C",
        severity text COLLATE "C",
        area text COLLATE "C",
        publish boolean NOT NULL DEFAULT true,
        clock text NOT NULL,
        least interval,
        longest interval,
        follows_penalty boolean NOT NULL DEFAULT false,
        until_corrected boolean NOT NULL DEFAULT false,
        repairable boolean NOT NULL DEFAULT false,
        basis text NOT NULL,
        verified boolean NOT NULL,
        remark text,
        valid_from date NOT NULL,
        valid_to date
    );
    COMMENT ON TABLE fairdraw_data.disclosure_rule IS 'how long records are public (公示期限规则); doc/publication.md section 4';
    COMMENT ON COLUMN fairdraw_data.disclosure_rule.code IS 'result of an inspection, a value of the type result_code; NULL: any';
    COMMENT ON COLUMN fairdraw_data.disclosure_rule.severity IS 'how grave it is (严重程度); NULL: any';
    COMMENT ON COLUMN fairdraw_data.disclosure_rule.area IS 'area that has a rule of its own (食品、药品、特种设备); NULL: any';
    COMMENT ON COLUMN fairdraw_data.disclosure_rule.publish IS 'false: it is never published (不予公示)';
    COMMENT ON COLUMN fairdraw_data.disclosure_rule.clock IS 'the date from which periods run: decided, published, found or rectified (起算点)';
    COMMENT ON COLUMN fairdraw_data.disclosure_rule.least IS 'shortest period before an early end (最短公示期); NULL: none';
    COMMENT ON COLUMN fairdraw_data.disclosure_rule.longest IS 'period after which it ends by itself (最长公示期); NULL: none';
    COMMENT ON COLUMN fairdraw_data.disclosure_rule.follows_penalty IS 'whether it ends with the penalty (与行政处罚一致), or not before it where there is a longest period';
    COMMENT ON COLUMN fairdraw_data.disclosure_rule.until_corrected IS 'whether it stays until corrected (未整改的继续公示)';
    COMMENT ON COLUMN fairdraw_data.disclosure_rule.repairable IS 'whether credit repair can end it early (信用修复)';
    COMMENT ON COLUMN fairdraw_data.disclosure_rule.verified IS 'false: recalled, the text was not seen';
    COMMENT ON COLUMN fairdraw_data.disclosure_rule.remark IS 'what else there is to know; sentences do not say it';

    CREATE TABLE fairdraw_data.repair_rule (
        rule text COLLATE "C" PRIMARY KEY,
        rule_set text COLLATE "C" NOT NULL REFERENCES fairdraw_data.rule_set,
        kind text COLLATE "C" NOT NULL,
        severity text COLLATE "C",
        area text COLLATE "C",
        standing text COLLATE "C",
        requires text[] NOT NULL,
        least interval,
        allowed boolean NOT NULL DEFAULT true,
        basis text NOT NULL,
        verified boolean NOT NULL,
        valid_from date NOT NULL,
        valid_to date
    );
    COMMENT ON TABLE fairdraw_data.repair_rule IS 'what has to be shown for an early end (信用修复条件); doc/publication.md section 5';
    COMMENT ON COLUMN fairdraw_data.repair_rule.standing IS 'repeated or grave (多次或者情节严重); NULL: any';
    COMMENT ON COLUMN fairdraw_data.repair_rule.requires IS 'corrected, obligations, harm_removed, no_new_penalty, off_lists, training, promise';
    COMMENT ON COLUMN fairdraw_data.repair_rule.least IS 'shortest period before it, where longer than that of the disclosure rule';
    COMMENT ON COLUMN fairdraw_data.repair_rule.allowed IS 'false: there is no early end';

    CREATE TABLE fairdraw_data.list_cause (
        list text COLLATE "C" NOT NULL CHECK (list IN ('abnormal_list', 'serious_list')),
        cause text COLLATE "C" NOT NULL,
        code text COLLATE "C",
        label text NOT NULL,
        basis text NOT NULL,
        verified boolean NOT NULL,
        PRIMARY KEY (list, cause)
    );
    COMMENT ON TABLE fairdraw_data.list_cause IS 'causes for which an enterprise is listed (列入原因)';
    COMMENT ON COLUMN fairdraw_data.list_cause.list IS 'abnormal_list (经营异常名录) or serious_list (严重违法失信名单)';
    COMMENT ON COLUMN fairdraw_data.list_cause.code IS 'the result of an inspection that proposes an entry; it does not make one';

    CREATE TABLE fairdraw_data.result_code_map (
        scheme text COLLATE "C" NOT NULL,
        external_code text COLLATE "C" NOT NULL,
        code text COLLATE "C",
        gone text COLLATE "C",
        label text NOT NULL,
        basis text NOT NULL,
        verified boolean NOT NULL,
        PRIMARY KEY (scheme, external_code)
    );
    COMMENT ON TABLE fairdraw_data.result_code_map IS 'codes of other schemes (检查结果代码对照)';
    COMMENT ON COLUMN fairdraw_data.result_code_map.gone IS 'what became of the enterprise (主体灭失或者迁出), where that is the result: neither pass nor problem, and no code';

    -- records: who is on which list
    CREATE TABLE fairdraw_data.list_entry (
        entry integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        uid text COLLATE "C" NOT NULL,
        list text COLLATE "C" NOT NULL,
        cause text COLLATE "C" NOT NULL,
        matter text COLLATE "C" NOT NULL,
        entered_on date NOT NULL,
        document text NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        recorded_by text NOT NULL
    );
    CREATE INDEX ON fairdraw_data.list_entry (uid, list);
    COMMENT ON TABLE fairdraw_data.list_entry IS 'enterprises entered on a list (列入)';
    COMMENT ON COLUMN fairdraw_data.list_entry.matter IS 'what it is about, where a cause can come more than once (the year of a report)';
    COMMENT ON COLUMN fairdraw_data.list_entry.document IS 'the decision (列入决定书文号)';

    CREATE TABLE fairdraw_data.list_removal (
        entry integer PRIMARY KEY REFERENCES fairdraw_data.list_entry,
        removed_on date NOT NULL,
        ground text NOT NULL CHECK (ground IN ('corrected', 'expired', 'repaired', 'annulled')),
        document text NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        recorded_by text NOT NULL
    );
    COMMENT ON TABLE fairdraw_data.list_removal IS 'their removals (移出)';
    COMMENT ON COLUMN fairdraw_data.list_removal.removed_on IS 'the first day on which it is not listed for this any more';

    CREATE FUNCTION fairdraw_data.publisher() RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT true';
    REVOKE ALL ON FUNCTION fairdraw_data.publisher() FROM PUBLIC;
    COMMENT ON FUNCTION fairdraw_data.publisher() IS 'who may execute this has the duty publisher (公示人员): keeps the lists of enterprises';

    -- rules are public, and whoever reads the other records reads the lists
    GRANT USAGE ON SCHEMA fairdraw_data TO PUBLIC;
    GRANT SELECT ON fairdraw_data.step, fairdraw_data.calendar_year, fairdraw_data.calendar_day, fairdraw_data.deadline_rule,
        fairdraw_data.rule_set, fairdraw_data.disclosure_rule, fairdraw_data.repair_rule, fairdraw_data.list_cause,
        fairdraw_data.result_code_map TO PUBLIC;
    PERFORM fairdraw.grant_like_draw(format('fairdraw_data.%I', t)::regclass)
    FROM unnest('{calendar_year,calendar_day,deadline_rule,rule_set,disclosure_rule,repair_rule,list_cause,result_code_map,list_entry,list_removal}'::name[]) t;

    PERFORM fairdraw.ship_calendar();
    PERFORM fairdraw.ship_deadlines();
    PERFORM fairdraw.ship_disclosure_rules();
    PERFORM fairdraw.ship_codes();
END
$function$;

COMMENT ON FUNCTION fairdraw.setup_step_3() IS 'step of setup(): calendar, rules of deadlines and publication, lists, codes; not to be called by itself';

-- Views that use functions of the extension are lost with DROP EXTENSION ...
-- CASCADE, so every setup() puts them back.
CREATE FUNCTION fairdraw.setup_views() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF to_regclass('fairdraw_data.coverage_history') IS NULL OR to_regclass('fairdraw_data.coverage_latest') IS NULL THEN
        PERFORM fairdraw.setup_coverage_views();
    END IF;
    IF to_regclass('fairdraw_data.list_state') IS NOT NULL THEN
        RETURN;
    END IF;
    CREATE VIEW fairdraw_data.list_state WITH (security_invoker = true) AS
    SELECT e.entry, e.uid, e.list, e.cause, c.label, e.matter, e.entered_on, e.document,
        (t.term).ends, (t.term).rule, r.removed_on, r.ground, r.document AS removal_document,
        e.entered_on <= current_date AND (r.removed_on IS NULL OR r.removed_on > current_date) AS listed
    FROM fairdraw_data.list_entry e
    LEFT JOIN fairdraw_data.list_removal r USING (entry)
    LEFT JOIN fairdraw_data.list_cause c USING (list, cause),
    LATERAL (SELECT fairdraw.disclosure_term(e.list, decided_on => e.entered_on, published_on => e.entered_on) AS term) t;
    COMMENT ON VIEW fairdraw_data.list_state IS 'the lists (名录现状): each entry with the last day of its longest period, its removal, and whether it stands today';
    PERFORM fairdraw.grant_like_draw('fairdraw_data.list_state');
END
$function$;

COMMENT ON FUNCTION fairdraw.setup_views() IS 'part of setup(): puts the views in place that use functions of the extension; not to be called by itself';

CREATE FUNCTION fairdraw.ship_calendar() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    schedule record;
    part text;
    kind text;
BEGIN
    FOR schedule IN
        SELECT * FROM (VALUES
            (2019, '01-01 02-04/02-10 04-05 05-01/05-04 06-07 09-13 10-01/10-07', '02-02/02-03 04-28 05-05 09-29 10-12', ';关于调整2019年劳动节假期安排的通知'),
            (2020, '01-01 01-24/02-02 04-04/04-06 05-01/05-05 06-25/06-27 10-01/10-08', '01-19 04-26 05-09 06-28 09-27 10-10', ';关于延长2020年春节假期的通知'),
            (2021, '01-01/01-03 02-11/02-17 04-03/04-05 05-01/05-05 06-12/06-14 09-19/09-21 10-01/10-07', '02-07 02-20 04-25 05-08 09-18 09-26 10-09', ''),
            (2022, '01-01/01-03 01-31/02-06 04-03/04-05 04-30/05-04 06-03/06-05 09-10/09-12 10-01/10-07 12-31', '01-29/01-30 04-02 04-24 05-07 10-08/10-09', ';12月31日见关于2023年的通知'),
            (2023, '01-01/01-02 01-21/01-27 04-05 04-29/05-03 06-22/06-24 09-29/10-06', '01-28/01-29 04-23 05-06 06-25 10-07/10-08', ''),
            (2024, '01-01 02-10/02-17 04-04/04-06 05-01/05-05 06-10 09-15/09-17 10-01/10-07', '02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12', ''),
            (2025, '01-01 01-28/02-04 04-04/04-06 05-01/05-05 05-31/06-02 10-01/10-08', '01-26 02-08 04-27 09-28 10-11', ''),
            (2026, '01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07', '01-04 02-14 02-28 05-09 09-20 10-10', '')
        ) AS s (year, off, work, remark)
    LOOP
        INSERT INTO fairdraw_data.calendar_year (year, source)
        VALUES (schedule.year, format('国务院办公厅关于%s年部分节假日安排的通知%s', schedule.year, schedule.remark));
        FOR kind, part IN
            SELECT 'off', p FROM regexp_split_to_table(schedule.off, ' ') p
            UNION ALL SELECT 'work', p FROM regexp_split_to_table(schedule.work, ' ') p
        LOOP
            INSERT INTO fairdraw_data.calendar_day (day, kind)
            SELECT d::date, kind
            FROM generate_series(format('%s-%s', schedule.year, split_part(part, '/', 1))::timestamp,
                format('%s-%s', schedule.year, regexp_replace(part, '.*/', ''))::timestamp, interval '1 day') d;
        END LOOP;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION fairdraw.ship_calendar() IS 'part of setup(): days off and working days from 2019 to 2026, as the notices of the State Council say; not to be called by itself';

CREATE FUNCTION fairdraw.ship_deadlines() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    INSERT INTO fairdraw_data.deadline_rule (rule, event, anchor, unit, length, month, roll, in_force, basis, verified, valid_from) VALUES
        ('result-entry-check', 'result_entry', 'check_ended', 'working', 20, NULL, false, true, '检查结束之日起20个工作日', false, '2015-01-01'),
        ('result-entry-task', 'result_entry', 'task_completed', 'working', 20, NULL, false, false, '国发〔2019〕5号:抽查任务完成后20个工作日内', false, '2019-01-27'),
        ('result-publication-check', 'result_publication', 'check_ended', 'working', 20, NULL, false, true, '冀政办发〔2015〕22号;市场监管总局2018年6月8日:检查结束之日起20个工作日之内', true, '2015-01-01'),
        ('result-publication-task', 'result_publication', 'task_completed', 'working', 20, NULL, false, false, '国发〔2019〕5号:抽查任务完成后20个工作日内', false, '2019-01-27'),
        ('follow-up-entry', 'follow_up_entry', 'follow_up_ended', 'working', 20, NULL, false, true, '市场监管总局2023年9月18日征求意见稿:后续监管完成后20个工作日内', true, '2023-09-18'),
        ('penalty-publication', 'penalty_publication', 'decided', 'working', 20, NULL, false, true, '市场监督管理行政处罚信息公示规定:作出行政处罚决定之日起20个工作日内', false, '2021-09-01'),
        ('penalty-transfer', 'penalty_transfer', 'decided', 'working', 10, NULL, false, true, '市场监督管理行政处罚信息公示规定:其他省份当事人,10个工作日内推送至登记地', false, '2021-09-01'),
        ('penalty-publication-elsewhere', 'penalty_publication_elsewhere', 'received', 'working', 10, NULL, false, true, '市场监督管理行政处罚信息公示规定:登记地收到之日起10个工作日内', false, '2021-09-01'),
        ('abnormal-list-entry', 'abnormal_list_entry', 'found', 'working', 10, NULL, false, true, '企业经营异常名录管理办法:查实之日起10个工作日内', true, '2014-10-01'),
        ('abnormal-list-removal', 'abnormal_list_removal', 'verified', 'working', 5, NULL, false, true, '企业经营异常名录管理办法:核实之日起5个工作日内', true, '2014-10-01'),
        ('repair-acceptance', 'repair_acceptance', 'applied', 'working', 2, NULL, false, true, '国市监信规〔2021〕3号:2个工作日内', false, '2021-09-01'),
        ('repair-decision', 'repair_decision', 'accepted', 'working', 15, NULL, false, true, '国市监信规〔2021〕3号:行政处罚、严重违法失信名单,15个工作日内', false, '2021-09-01'),
        ('repair-decision-abnormal-list', 'repair_decision_abnormal_list', 'accepted', 'working', 5, NULL, false, true, '国市监信规〔2021〕3号:经营异常名录,5个工作日内', true, '2021-09-01'),
        ('repair-publication', 'repair_publication', 'repair_decided', 'working', 3, NULL, false, true, '国市监信规〔2021〕3号:3个工作日内', false, '2021-09-01'),
        ('annual-plan', 'annual_plan', 'plan_year', 'year', 31, 3, false, true, '市场监管总局2023年9月18日征求意见稿:每年3月底前', true, '2023-09-18'),
        ('monthly-tasks', 'monthly_tasks', 'task_month', 'month', 5, NULL, true, true, '温州龙湾2023年度通知:每个月5日前下发任务(遇节假日适当延期)', true, '2023-01-01'),
        ('all-indicators', 'all_indicators', 'plan_year', 'year', 31, 10, false, true, '温州龙湾2023年度通知:10月底前完成各项指标', true, '2023-01-01');
END
$function$;

COMMENT ON FUNCTION fairdraw.ship_deadlines() IS 'part of setup(): the rules on deadlines; not to be called by itself';

CREATE FUNCTION fairdraw.ship_disclosure_rules() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    INSERT INTO fairdraw_data.rule_set (rule_set, title, in_force, source, valid_from) VALUES
        ('samr-2021', '市场监督管理行政处罚信息公示规定、信用修复管理办法、严重违法失信名单管理办法', true, '市场监管总局令第44号、第45号,国市监信规〔2021〕3号', '2021-09-01'),
        ('samr-2023-draft', '关于全面深化双随机、一公开监管的意见(征求意见稿)', false, '市场监管总局2023年9月18日征求意见稿', '2023-09-18'),
        ('ndrc-2026', '信用修复管理办法', true, '国家发展改革委令第36号,国办发〔2025〕22号', '2026-04-01');

    INSERT INTO fairdraw_data.disclosure_rule (rule, rule_set, kind, code, severity, area, publish, clock, least, longest, follows_penalty, until_corrected, repairable, basis, verified, remark, valid_from) VALUES
        ('samr-2021-penalty-warning', 'samr-2021', 'penalty', NULL, 'warning', NULL, false, 'published', NULL, NULL, false, false, false, '市场监管总局令第45号第二条', true, NULL, '2021-09-01'),
        ('samr-2021-penalty-minor', 'samr-2021', 'penalty', NULL, 'minor', NULL, true, 'published', NULL, '3 months', false, false, false, '市场监管总局令第45号第十三条', true, NULL, '2021-09-01'),
        ('samr-2021-penalty-general', 'samr-2021', 'penalty', NULL, 'general', NULL, true, 'published', '6 months', '3 years', true, false, true, '市场监管总局令第45号第十三条、国市监信规〔2021〕3号第六条', true, NULL, '2021-09-01'),
        ('samr-2021-penalty-general-drug', 'samr-2021', 'penalty', NULL, 'general', 'drug', true, 'published', '1 year', '3 years', true, false, true, '市场监管总局令第45号第十三条、国市监信规〔2021〕3号第六条', true, NULL, '2021-09-01'),
        ('samr-2021-penalty-general-food', 'samr-2021', 'penalty', NULL, 'general', 'food', true, 'published', '1 year', '3 years', true, false, true, '市场监管总局令第45号第十三条、国市监信规〔2021〕3号第六条', true, NULL, '2021-09-01'),
        ('samr-2021-penalty-general-special-equipment', 'samr-2021', 'penalty', NULL, 'general', 'special_equipment', true, 'published', '1 year', '3 years', true, false, true, '市场监管总局令第45号第十三条、国市监信规〔2021〕3号第六条', true, NULL, '2021-09-01'),
        ('samr-2021-penalty-serious', 'samr-2021', 'penalty', NULL, 'serious', NULL, true, 'published', NULL, '3 years', true, false, false, '市场监管总局令第45号第十三条、第十四条', true, NULL, '2021-09-01'),
        ('samr-2021-abnormal-list', 'samr-2021', 'abnormal_list', NULL, NULL, NULL, true, 'decided', NULL, NULL, false, true, true, '国市监信规〔2021〕3号第五条', true, NULL, '2021-09-01'),
        ('samr-2021-serious-list', 'samr-2021', 'serious_list', NULL, NULL, NULL, true, 'decided', '1 year', '3 years', false, false, true, '市场监管总局令第44号、国市监信规〔2021〕3号第七条', false, NULL, '2021-09-01'),
        ('samr-2023-draft-with-penalty', 'samr-2023-draft', 'inspection', NULL, NULL, NULL, true, 'published', NULL, NULL, true, false, false, '市场监管总局2023年9月18日征求意见稿:与相关行政处罚信息公示截止日期保持一致', true, NULL, '2023-09-18'),
        ('samr-2023-draft-stop-ordered', 'samr-2023-draft', 'inspection', 'stop_ordered', NULL, NULL, true, 'rectified', NULL, '6 months', false, true, false, '市场监管总局2023年9月18日征求意见稿:整改完成后公示期6个月,未整改的继续公示', true, NULL, '2023-09-18'),
        ('samr-2023-draft-correction-ordered', 'samr-2023-draft', 'inspection', 'correction_ordered', NULL, NULL, true, 'rectified', NULL, '6 months', false, true, false, '市场监管总局2023年9月18日征求意见稿:整改完成后公示期6个月,未整改的继续公示', true, NULL, '2023-09-18'),
        ('ndrc-2026-penalty-minor', 'ndrc-2026', 'penalty', NULL, 'minor', NULL, true, 'decided', NULL, '3 months', false, true, true, '国家发展改革委令第36号、国办发〔2025〕22号:轻微', true, '期满未整改的,规定交由行业主管部门;此处继续公示', '2026-04-01'),
        ('ndrc-2026-penalty-general', 'ndrc-2026', 'penalty', NULL, 'general', NULL, true, 'decided', '3 months', '1 year', false, true, true, '国家发展改革委令第36号、国办发〔2025〕22号:一般', true, '期满未整改的,规定交由行业主管部门;此处继续公示', '2026-04-01'),
        ('ndrc-2026-penalty-serious', 'ndrc-2026', 'penalty', NULL, 'serious', NULL, true, 'decided', '1 year', '3 years', false, true, true, '国家发展改革委令第36号、国办发〔2025〕22号:严重', true, '期满未整改的,规定交由行业主管部门;此处继续公示', '2026-04-01');

    INSERT INTO fairdraw_data.repair_rule (rule, rule_set, kind, severity, area, standing, requires, least, allowed, basis, verified, valid_from) VALUES
        ('samr-2021-repair-penalty', 'samr-2021', 'penalty', NULL, NULL, NULL, '{obligations,harm_removed,no_new_penalty,off_lists,promise}', NULL, true, '国市监信规〔2021〕3号第六条、第八条', true, '2021-09-01'),
        ('samr-2021-repair-abnormal-list', 'samr-2021', 'abnormal_list', NULL, NULL, NULL, '{corrected}', NULL, true, '国市监信规〔2021〕3号第五条', true, '2021-09-01'),
        ('samr-2021-repair-serious-list', 'samr-2021', 'serious_list', NULL, NULL, NULL, '{obligations,harm_removed,no_new_penalty,promise}', NULL, true, '国市监信规〔2021〕3号第七条、第八条', false, '2021-09-01'),
        ('ndrc-2026-repair-penalty', 'ndrc-2026', 'penalty', NULL, NULL, NULL, '{corrected,obligations,promise}', NULL, true, '国家发展改革委令第36号', true, '2026-04-01');
END
$function$;

COMMENT ON FUNCTION fairdraw.ship_disclosure_rules() IS 'part of setup(): the rule books on publication and credit repair; not to be called by itself';

CREATE FUNCTION fairdraw.ship_codes() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    INSERT INTO fairdraw_data.list_cause (list, cause, code, label, basis, verified) VALUES
        ('abnormal_list', 'no_annual_report', NULL, '未按规定报送并公示年度报告', '企业经营异常名录管理办法', true),
        ('abnormal_list', 'not_published', 'not_published', '未按规定公示应当公示的信息', '企业经营异常名录管理办法', true),
        ('abnormal_list', 'false_information', 'false_information', '公示信息隐瞒真实情况、弄虚作假', '企业经营异常名录管理办法', true),
        ('abnormal_list', 'unreachable', 'unreachable', '通过登记的住所(经营场所)无法联系', '企业经营异常名录管理办法', true),
        ('serious_list', 'heavy_penalty', NULL, '受到较重行政处罚', '市场监管总局令第44号第二条', true);

    INSERT INTO fairdraw_data.result_code_map (scheme, external_code, code, gone, label, basis, verified) VALUES
        ('national-2019', '1', 'no_problem', NULL, '未发现问题', '国市监信〔2019〕38号', true),
        ('national-2019', '2', 'not_published', NULL, '未按规定公示应当公示的信息', '国市监信〔2019〕38号', false),
        ('national-2019', '3', 'false_information', NULL, '公示信息隐瞒真实情况弄虚作假', '国市监信〔2019〕38号', false),
        ('national-2019', '4', 'unreachable', NULL, '通过登记的住所(经营场所)无法联系', '国市监信〔2019〕38号', false),
        ('national-2019', '5', 'correction_ordered', NULL, '发现问题已责令改正', '国市监信〔2019〕38号', false),
        ('national-2019', '6', 'refused', NULL, '不配合检查情节严重', '国市监信〔2019〕38号', false),
        ('national-2019', '7', 'no_activity', NULL, '未发现开展本次抽查涉及的经营活动', '国市监信〔2019〕38号', true),
        ('national-2019', '8', 'pending', NULL, '发现问题待后续处理', '国市监信〔2019〕38号', false),
        ('zhejiang-2017', '1', 'no_problem', NULL, '未发现问题', '浙江综合监管系统2017', true),
        ('zhejiang-2017', '3', 'pending', NULL, '违反规定', '浙江综合监管系统2017;如何处理,代码未说明', false),
        ('zhejiang-2017', '4', 'pending', NULL, '违反规定', '浙江综合监管系统2017;如何处理,代码未说明', false),
        ('zhejiang-2017', '5', 'pending', NULL, '违反规定', '浙江综合监管系统2017;如何处理,代码未说明', false),
        ('zhejiang-2017', '6', 'unreachable', NULL, '通过登记的住所(经营场所)无法联系', '浙江综合监管系统2017', true),
        ('zhejiang-2017', '7', NULL, 'closed', '已关闭停业或正在组织清算', '浙江综合监管系统2017', true),
        ('zhejiang-2017', '8', 'refused', NULL, '不配合检查情节严重', '浙江综合监管系统2017', true),
        ('zhejiang-2017', '9', NULL, 'deregistered', '注销', '浙江综合监管系统2017', true),
        ('zhejiang-2017', '10', NULL, 'licence_revoked', '被吊销', '浙江综合监管系统2017', true),
        ('zhejiang-2017', '11', NULL, 'registration_cancelled', '被撤销', '浙江综合监管系统2017', true),
        ('zhejiang-2017', '12', NULL, 'moved_away', '迁出', '浙江综合监管系统2017', true),
        ('zhejiang-2017', 'A', 'pending', NULL, '发现问题待后续处理', '浙江综合监管系统2017', true),
        ('zhejiang-2017', 'B', 'not_published', NULL, '未按规定公示应当公示的信息', '浙江综合监管系统2017', true),
        ('zhejiang-2017', 'C', 'false_information', NULL, '公示信息隐瞒真实情况弄虚作假', '浙江综合监管系统2017', true),
        ('zhejiang-2017', 'D', 'pending', NULL, '违反规定', '浙江综合监管系统2017;如何处理,代码未说明', false),
        ('zhejiang-2017', 'E', 'correction_ordered', NULL, '发现问题经责令已改正', '浙江综合监管系统2017', true),
        ('zhejiang-2017', 'F', 'no_activity', NULL, '未发现开展本次抽查涉及的经营活动', '浙江综合监管系统2017', true),
        ('zhejiang-2017', 'G', 'pending', NULL, '违反规定', '浙江综合监管系统2017;如何处理,代码未说明', false);
END
$function$;

COMMENT ON FUNCTION fairdraw.ship_codes() IS 'part of setup(): causes of listing, and codes of other schemes; not to be called by itself';
