-- Coverage: what was done, against targets, and the figures of a day that are
-- kept (doc/statistics.md).

CREATE FUNCTION fairdraw.coverage(checks text, base text, period daterange DEFAULT NULL, targets text DEFAULT NULL,
    OUT grp text, OUT indicator text, OUT numerator bigint, OUT denominator bigint, OUT ratio numeric, OUT target numeric, OUT comparator text, OUT met boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fairdraw_coverage'
LANGUAGE C STABLE PARALLEL UNSAFE ROWS 100;

COMMENT ON FUNCTION fairdraw.coverage(text, text, daterange, text) IS
'counts of what was done, against targets (双随机抽查指标): checks: query with a row for each item of a visit and columns visit, uid, grp?, item?, done_on?, random?, joint?, risk_used?, mobile?, code?, publish_due?, published_on?, follow_up_due?, closed_on?; base: grp?, enterprises, items?, planned?; targets: indicator, value, comparator, grp?, due?; the total has grp NULL; doc/statistics.md';

CREATE FUNCTION fairdraw.coverage_snapshot(snapshot text, checks text, base text, period daterange DEFAULT NULL, targets text DEFAULT NULL) RETURNS date
AS 'MODULE_PATHNAME', 'fairdraw_coverage_snapshot'
LANGUAGE C;

COMMENT ON FUNCTION fairdraw.coverage_snapshot(text, text, text, daterange, text) IS
'keeps what coverage() says today, with its base and queries (指标快照), and returns the day: once a day under a name; duty publisher; doc/statistics.md';

CREATE FUNCTION fairdraw.progress_report(as_of date DEFAULT current_date,
    OUT snapshot text, OUT day date, OUT grp text, OUT indicator text, OUT numerator bigint, OUT denominator bigint, OUT ratio numeric,
    OUT target numeric, OUT comparator text, OUT missing bigint, OUT due date, OUT days_left integer)
RETURNS SETOF record
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF as_of IS NULL OR NOT isfinite(as_of) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('as_of is %s', coalesce(as_of::text, 'null')),
            HINT = 'Give the day on which to look.';
    END IF;
    IF to_regclass('fairdraw_data.coverage_figure') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'there are no records of coverage',
            HINT = 'Call SELECT fairdraw.setup(); as a role that may create a schema, or as the one that owns it.';
    END IF;
    RETURN QUERY
    WITH latest AS (
        SELECT s.snapshot, max(s.day) AS day FROM fairdraw_data.coverage_snapshot s WHERE s.day <= as_of GROUP BY s.snapshot
    )
    SELECT f.snapshot, f.day, nullif(f.grp, '')::text, f.indicator, f.numerator, f.denominator,
        round(f.numerator::numeric / nullif(f.denominator, 0), 6), f.target, f.comparator,
        -- exact, as met is: against the target times the denominator
        CASE f.comparator
            WHEN '>=' THEN ceil(f.target * f.denominator) - f.numerator
            WHEN '>' THEN floor(f.target * f.denominator) + 1 - f.numerator
            WHEN '<=' THEN floor(f.target * f.denominator) - f.numerator
            WHEN '<' THEN ceil(f.target * f.denominator) - 1 - f.numerator
            WHEN '=' THEN CASE WHEN f.target * f.denominator = trunc(f.target * f.denominator) THEN f.target * f.denominator - f.numerator END
        END::bigint,
        f.due, f.due - as_of
    FROM fairdraw_data.coverage_figure f
    JOIN latest l USING (snapshot, day)
    LEFT JOIN fairdraw_data.indicator i USING (indicator)
    -- a target without data stays in sight; one without anything to judge yet is no arrears
    WHERE NOT f.met OR f.target IS NOT NULL AND f.numerator IS NULL
    ORDER BY f.due NULLS LAST, abs(f.target - f.numerator::numeric / nullif(f.denominator, 0)) DESC NULLS FIRST,
        f.snapshot, f.grp, i.position;
END
$function$;

COMMENT ON FUNCTION fairdraw.progress_report(date) IS
'what is behind its target, and by how much (进度报告): of the latest snapshot of each name up to a day; missing: how many more of the denominator would have to count, negative: fewer; numbers NULL: no data; the most urgent first; doc/statistics.md';

-- Indicators, their targets, snapshots.
CREATE FUNCTION fairdraw.setup_step_4() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    CREATE TABLE fairdraw_data.indicator (
        indicator text COLLATE "C" PRIMARY KEY,
        position integer NOT NULL UNIQUE,
        label text NOT NULL,
        label_en text NOT NULL,
        numerator text NOT NULL,
        numerator_en text NOT NULL,
        denominator text NOT NULL,
        denominator_en text NOT NULL,
        basis text NOT NULL,
        verified boolean NOT NULL
    );
    COMMENT ON TABLE fairdraw_data.indicator IS 'what coverage() counts (指标), in words; no source defines the denominators: doc/statistics.md does';
    COMMENT ON COLUMN fairdraw_data.indicator.position IS 'order in reports (顺序)';
    COMMENT ON COLUMN fairdraw_data.indicator.label IS 'name in Chinese (名称)';
    COMMENT ON COLUMN fairdraw_data.indicator.numerator IS 'what is counted, in Chinese (分子)';
    COMMENT ON COLUMN fairdraw_data.indicator.denominator IS 'of how many, in Chinese (分母)';
    COMMENT ON COLUMN fairdraw_data.indicator.basis IS 'the document that asks for it (依据)';
    COMMENT ON COLUMN fairdraw_data.indicator.verified IS 'whether the document was seen to name it (已核实)';

    CREATE TABLE fairdraw_data.indicator_target (
        year integer NOT NULL CHECK (year BETWEEN 1 AND 9999),
        agency text COLLATE "C" NOT NULL CHECK (agency <> ''),
        indicator text COLLATE "C" NOT NULL REFERENCES fairdraw_data.indicator,
        comparator text NOT NULL CHECK (comparator IN ('>=', '>', '<=', '<', '=')),
        value numeric NOT NULL CHECK (value BETWEEN 0 AND 1),
        due date CHECK (isfinite(due)),
        source text NOT NULL CHECK (source <> ''),
        verified boolean NOT NULL,
        PRIMARY KEY (year, agency, indicator)
    );
    COMMENT ON TABLE fairdraw_data.indicator_target IS 'targets of agencies (年度目标), a row for each year and indicator';
    COMMENT ON COLUMN fairdraw_data.indicator_target.agency IS 'the place or agency that it is for (地区或者机关)';
    COMMENT ON COLUMN fairdraw_data.indicator_target.value IS 'a fraction (目标值): 0.03 is 3 %';
    COMMENT ON COLUMN fairdraw_data.indicator_target.due IS 'the day by which it is to be met (完成期限); NULL: none is named';
    COMMENT ON COLUMN fairdraw_data.indicator_target.source IS 'the document (来源文件)';
    COMMENT ON COLUMN fairdraw_data.indicator_target.verified IS 'whether the number was seen (已核实)';

    -- records: the figures of a day, and what they rest on
    CREATE TABLE fairdraw_data.coverage_snapshot (
        snapshot text COLLATE "C" NOT NULL,
        day date NOT NULL,
        period_from date,
        cutoff date NOT NULL,
        checks text NOT NULL,
        base text NOT NULL,
        targets text,
        taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        taken_by text NOT NULL,
        PRIMARY KEY (snapshot, day)
    );
    COMMENT ON TABLE fairdraw_data.coverage_snapshot IS 'when coverage was counted (指标快照), once a day under a name';
    COMMENT ON COLUMN fairdraw_data.coverage_snapshot.period_from IS 'first day of the period (统计期起); NULL: it has none';
    COMMENT ON COLUMN fairdraw_data.coverage_snapshot.cutoff IS 'figures are those of the end of this day (截止日)';
    COMMENT ON COLUMN fairdraw_data.coverage_snapshot.checks IS 'the query that was counted (检查明细查询), as those of the base and the targets';

    -- the total has the group '', which no group can have
    CREATE TABLE fairdraw_data.coverage_base (
        snapshot text COLLATE "C" NOT NULL,
        day date NOT NULL,
        grp text COLLATE "C" NOT NULL,
        enterprises bigint NOT NULL,
        items bigint,
        planned bigint,
        PRIMARY KEY (snapshot, day, grp),
        FOREIGN KEY (snapshot, day) REFERENCES fairdraw_data.coverage_snapshot
    );
    COMMENT ON TABLE fairdraw_data.coverage_base IS 'what there was on the day (基数): enterprises in the register, items of the list, visits of the plan';
    COMMENT ON COLUMN fairdraw_data.coverage_base.grp IS 'the group; empty: the total (合计)';

    CREATE TABLE fairdraw_data.coverage_figure (
        snapshot text COLLATE "C" NOT NULL,
        day date NOT NULL,
        grp text COLLATE "C" NOT NULL,
        indicator text COLLATE "C" NOT NULL,
        numerator bigint,
        denominator bigint,
        target numeric,
        comparator text,
        met boolean,
        due date,
        PRIMARY KEY (snapshot, day, grp, indicator),
        FOREIGN KEY (snapshot, day) REFERENCES fairdraw_data.coverage_snapshot
    );
    COMMENT ON TABLE fairdraw_data.coverage_figure IS 'the figures of the day (指标值), with the targets they were held against';
    COMMENT ON COLUMN fairdraw_data.coverage_figure.grp IS 'the group; empty: the total (合计)';
    COMMENT ON COLUMN fairdraw_data.coverage_figure.numerator IS 'NULL: there was a target, and no data (无数据)';

    COMMENT ON FUNCTION fairdraw_data.publisher() IS 'who may execute this has the duty publisher (公示人员): keeps the lists of enterprises, takes snapshots of coverage';

    -- targets are public; figures are for whoever reads the lists
    GRANT SELECT ON fairdraw_data.indicator, fairdraw_data.indicator_target TO PUBLIC;
    PERFORM fairdraw.grant_like_draw(format('fairdraw_data.%I', t)::regclass)
    FROM unnest('{indicator,indicator_target}'::name[]) t;
    PERFORM fairdraw.grant_like_draw(format('fairdraw_data.%I', t)::regclass, 'list_entry')
    FROM unnest('{coverage_snapshot,coverage_base,coverage_figure}'::name[]) t;
    PERFORM fairdraw.ship_indicators();
END
$function$;

COMMENT ON FUNCTION fairdraw.setup_step_4() IS 'step of setup(): indicators, targets, snapshots of coverage; not to be called by itself';

-- Rows that are there already, as a user changed them, are kept.
CREATE FUNCTION fairdraw.ship_indicators() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    INSERT INTO fairdraw_data.indicator (indicator, position, label, label_en, numerator, numerator_en, denominator, denominator_en, basis, verified) VALUES
        ('enterprises_drawn', 1, '抽查经营主体比例', 'enterprises drawn', '已完成双随机抽查的经营主体数', 'enterprises with a random visit that is done', '登记在册的经营主体数', 'enterprises in the register', '市场监管总局2023年9月18日征求意见稿', true),
        ('items_covered', 2, '抽查事项覆盖率', 'items covered', '已检查的抽查事项数', 'items of the list with a check that is done', '抽查事项清单的事项数', 'items of the list', '市场监管总局2023年9月18日征求意见稿', true),
        ('joint', 3, '部门联合监管率', 'joint visits', '其中部门联合抽查次数', 'random visits done by several departments together', '已完成的双随机抽查次数', 'random visits done', '市场监管总局2023年9月18日征求意见稿', true),
        ('risk_used', 4, '信用规则关联应用率', 'risk class used', '其中按信用风险分类抽取的次数', 'random visits done whose draw used the risk class', '已完成的双随机抽查次数', 'random visits done', '市场监管总局2023年9月18日征求意见稿', true),
        ('published_in_time', 5, '检查结果按时公示率', 'results published in time', '其中按时公示的结果数', 'results published by their deadline', '公示期限已届满的结果数', 'results whose deadline has passed', '市场监管总局2023年9月18日征求意见稿', true),
        ('problems_dealt_with', 6, '发现问题处置率', 'problems dealt with', '其中已处置的问题数', 'problems that are closed', '应当已处置的问题数', 'problems that were due to be dealt with', '市场监管总局2023年9月18日征求意见稿', true),
        ('random_share', 7, '双随机抽查次数占比', 'share of random visits', '其中双随机抽查次数', 'random visits done', '已完成的检查次数', 'visits done', '温州龙湾2023年度通知', true),
        ('mobile', 8, '掌上执法应用率', 'mobile entry', '其中掌上录入的检查记录数', 'checks done that were entered on mobile', '已完成的检查记录数', 'checks done', '温州龙湾2023年度通知', true),
        ('completed', 9, '计划完成率', 'plan completed', '已完成的检查次数', 'visits done', '计划的检查次数', 'visits of the plan', '粤市监信监〔2025〕111号', true)
    ON CONFLICT DO NOTHING;

    INSERT INTO fairdraw_data.indicator_target (year, agency, indicator, comparator, value, due, source, verified) VALUES
        (2017, '甘肃省', 'enterprises_drawn', '>=', 0.03, NULL, '甘肃省人民政府令第129号:不定向抽查不少于3%', true),
        (2021, '衢州市', 'enterprises_drawn', '>=', 0.03, NULL, '衢州市2021年度双随机抽查工作要求', true),
        (2021, '衢州市', 'joint', '>=', 0.2, NULL, '衢州市2021年度双随机抽查工作要求:跨部门', true),
        (2021, '衢州市', 'risk_used', '>=', 0.7, NULL, '衢州市2021年度双随机抽查工作要求:应用信用规则的任务', true),
        (2022, '浙江省某设区市', 'enterprises_drawn', '>=', 0.03, NULL, '转载的浙江省某设区市2022年工作目标,未注明机关', true),
        (2022, '浙江省某设区市', 'items_covered', '>=', 1, NULL, '转载的浙江省某设区市2022年工作目标,未注明机关', true),
        (2022, '浙江省某设区市', 'published_in_time', '>=', 1, NULL, '转载的浙江省某设区市2022年工作目标,未注明机关', true),
        (2022, '浙江省某设区市', 'problems_dealt_with', '>=', 1, NULL, '转载的浙江省某设区市2022年工作目标,未注明机关', true),
        (2022, '浙江省某设区市', 'mobile', '>=', 0.95, NULL, '转载的浙江省某设区市2022年工作目标,未注明机关', true),
        (2022, '浙江省某设区市', 'completed', '>=', 1, '2022-12-31', '转载的浙江省某设区市2022年工作目标,未注明机关:12月底前', true),
        (2023, '温州市龙湾区', 'enterprises_drawn', '>=', 0.03, '2023-10-31', '温州龙湾2023年度通知', true),
        (2023, '温州市龙湾区', 'items_covered', '>=', 1, '2023-10-31', '温州龙湾2023年度通知', true),
        (2023, '温州市龙湾区', 'joint', '>=', 0.3, '2023-10-31', '温州龙湾2023年度通知:部门联合随机抽查率', true),
        (2023, '温州市龙湾区', 'risk_used', '>=', 1, '2023-10-31', '温州龙湾2023年度通知:信用风险分类结果应用率', true),
        (2023, '温州市龙湾区', 'published_in_time', '>=', 1, '2023-10-31', '温州龙湾2023年度通知:抽查结果公示率', true),
        (2023, '温州市龙湾区', 'problems_dealt_with', '>=', 1, '2023-10-31', '温州龙湾2023年度通知:后续处置率', true),
        (2023, '温州市龙湾区', 'random_share', '>=', 0.4, '2023-10-31', '温州龙湾2023年度通知', true),
        (2023, '温州市龙湾区', 'mobile', '>=', 1, '2023-10-31', '温州龙湾2023年度通知', true),
        (2025, '全国', 'enterprises_drawn', '>=', 0.03, NULL, '市场监管总局令第101号修订的企业公示信息抽查办法第四条:抽取辖区内不少于3%的企业', true),
        (2025, '丹东市', 'joint', '>=', 0.4, '2025-12-31', '丹东市:2025年底部门联合抽查占比40%', true),
        (2025, '缙云县', 'joint', '>=', 0.6, NULL, '缙云县2025年度要求:联合监管率', true),
        (2025, '缙云县', 'published_in_time', '>=', 1, NULL, '缙云县2025年度要求:公示率', true),
        (2025, '缙云县', 'completed', '>=', 1, NULL, '缙云县2025年度要求', true),
        (2025, '广东省', 'published_in_time', '>=', 1, NULL, '粤市监信监〔2025〕111号:公示率', true),
        (2025, '广东省', 'completed', '>=', 1, NULL, '粤市监信监〔2025〕111号', true)
    ON CONFLICT DO NOTHING;
END
$function$;

COMMENT ON FUNCTION fairdraw.ship_indicators() IS 'part of setup(): indicators of coverage and targets of several agencies; not to be called by itself';

-- For people and reporting tools.
CREATE FUNCTION fairdraw.setup_coverage_views() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    made name;
    comment_on record;
BEGIN
    CREATE OR REPLACE VIEW fairdraw_data.coverage_history WITH (security_invoker = true) AS
    SELECT f.snapshot, f.day, s.period_from, s.cutoff, nullif(f.grp, '')::text AS grp, i.position, f.indicator, i.label, i.label_en,
        f.numerator, f.denominator, round(100 * f.numerator::numeric / nullif(f.denominator, 0), 4) AS percent,
        f.comparator, round(100 * f.target, 4) AS target_percent, f.met, f.due, b.enterprises, b.items, b.planned, s.taken_at, s.taken_by
    FROM fairdraw_data.coverage_figure f
    JOIN fairdraw_data.coverage_snapshot s USING (snapshot, day)
    LEFT JOIN fairdraw_data.coverage_base b USING (snapshot, day, grp)
    LEFT JOIN fairdraw_data.indicator i USING (indicator);
    COMMENT ON VIEW fairdraw_data.coverage_history IS 'the figures of all snapshots (历次指标), with labels and percentages';

    CREATE OR REPLACE VIEW fairdraw_data.coverage_latest WITH (security_invoker = true) AS
    SELECT h.* FROM fairdraw_data.coverage_history h
    JOIN (SELECT s.snapshot, max(s.day) AS day FROM fairdraw_data.coverage_snapshot s GROUP BY s.snapshot) l USING (snapshot, day);
    COMMENT ON VIEW fairdraw_data.coverage_latest IS 'the figures of the latest snapshot of each name (最新指标), with labels and percentages';

    FOREACH made IN ARRAY '{coverage_history,coverage_latest}'::name[] LOOP
        FOR comment_on IN
            SELECT * FROM (VALUES
                ('snapshot', 'name of the snapshot (快照名称)'),
                ('day', 'the day on which it was taken (快照日期)'),
                ('period_from', 'first day of the period; NULL: it has none (统计期起)'),
                ('cutoff', 'figures are those of the end of this day (截止日)'),
                ('grp', 'the group; NULL: the total (分组)'),
                ('position', 'order of the indicators (顺序)'),
                ('indicator', 'key of the indicator (指标代码)'),
                ('label', 'name of the indicator in Chinese (指标名称)'),
                ('label_en', 'name of the indicator in English (指标英文名称)'),
                ('numerator', 'what was counted; NULL: no data (分子)'),
                ('denominator', 'of how many; NULL: no data (分母)'),
                ('percent', 'numerator of denominator in percent, rounded to 4 decimals (百分比)'),
                ('comparator', 'how the figure is to stand to the target; NULL: there is none (比较符)'),
                ('target_percent', 'the target in percent (目标百分比)'),
                ('met', 'whether the target was met, decided exactly; NULL: nothing to judge (是否达标)'),
                ('due', 'the day by which the target is to be met (完成期限)'),
                ('enterprises', 'enterprises in the register on the day (经营主体数)'),
                ('items', 'items of the list on the day (抽查事项数)'),
                ('planned', 'visits of the plan on the day (计划检查次数)'),
                ('taken_at', 'when the snapshot was taken (快照时间)'),
                ('taken_by', 'who took it (操作人)')) AS c (name, text)
        LOOP
            EXECUTE format('COMMENT ON COLUMN fairdraw_data.%I.%I IS %L', made, comment_on.name, comment_on.text);
        END LOOP;
        PERFORM fairdraw.grant_like_draw(format('fairdraw_data.%I', made)::regclass, 'list_entry');
    END LOOP;
END
$function$;

COMMENT ON FUNCTION fairdraw.setup_coverage_views() IS 'part of setup(): puts the views of coverage in place; not to be called by itself';
