--
-- Credit repair: who can apply for an early end, from when, and what is missing
-- (doc/publication.md section 5)
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
\pset null -
SELECT fairdraw.setup('某局');

-- what is known of a record; conditions that are shown are named in one word
CREATE TEMP TABLE fact (kind text, code fairdraw.result_code, severity text, area text, decided_on date, published_on date, found_on date,
    rectified_on date, penalty_ends date, withheld text, repaired_on date, standing text,
    obligations boolean, harm_removed boolean, no_new_penalty boolean, off_lists boolean, training boolean, promise boolean, rule_set text, as_of date);
CREATE TEMP TABLE repair_case (
    n integer GENERATED ALWAYS AS IDENTITY, name text UNIQUE, source text NOT NULL, facts text NOT NULL,
    eligible boolean NOT NULL, earliest date, missing text[] NOT NULL, rule text, repair_rule text);

-- the answers to the cases that are there: those that differ (no rows), and their number
CREATE FUNCTION pg_temp.differing() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE record AS
    SELECT n::text AS record, f.* FROM repair_case,
        LATERAL (SELECT jsonb_object_agg(split_part(f, '=', 1), CASE WHEN f LIKE '%=%' THEN split_part(f, '=', 2) ELSE 'true' END) AS facts FROM string_to_table(facts, ' ') f) j,
        jsonb_populate_record(NULL::fact, j.facts) f;
    CREATE TEMP TABLE answer AS
    SELECT a.* FROM (SELECT DISTINCT rule_set, as_of FROM record) g,
        fairdraw.repair_eligible(format('SELECT * FROM record WHERE rule_set IS NOT DISTINCT FROM %L AND as_of = %L', rule_set, as_of), as_of, rule_set) a;
    RETURN QUERY
    SELECT format(E'%s: %s\n  expected %s\n  but is   %s', c.name, c.facts, ROW(c.eligible, c.earliest, c.missing, c.rule, c.repair_rule), ROW(a.eligible, a.earliest, a.missing, a.rule, a.repair_rule))
    FROM repair_case c LEFT JOIN answer a ON a.record = c.n::text
    WHERE (a.eligible, a.earliest, a.missing, a.rule, a.repair_rule) IS DISTINCT FROM (c.eligible, c.earliest, c.missing, c.rule, c.repair_rule) ORDER BY c.n;
    RETURN NEXT format('%s answers to %s cases', (SELECT count(*) FROM answer), (SELECT count(*) FROM repair_case));
    DROP TABLE record, answer;
END
$$;

--
-- A general penalty of 2021: six months, and five conditions
--
INSERT INTO repair_case (name, source, facts, eligible, earliest, missing, rule, repair_rule) VALUES
    ('everything is there, on the first day', '3号第六条',
        'kind=penalty severity=general published_on=2024-01-31 obligations harm_removed no_new_penalty off_lists promise as_of=2024-07-31',
        true, '2024-07-31', '{}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('a day too early', '3号第六条',
        'kind=penalty severity=general published_on=2024-01-31 obligations harm_removed no_new_penalty off_lists promise as_of=2024-07-30',
        false, '2024-07-31', '{too_early}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('two years later', '3号第六条',
        'kind=penalty severity=general published_on=2024-01-31 obligations harm_removed no_new_penalty off_lists promise as_of=2026-07-30',
        true, '2024-07-31', '{}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('the penalty was not performed', '3号第六条第(一)项',
        'kind=penalty severity=general published_on=2024-01-31 harm_removed no_new_penalty off_lists promise as_of=2024-08-01',
        false, '2024-07-31', '{obligations}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('the harm was not removed', '3号第六条第(二)项',
        'kind=penalty severity=general published_on=2024-01-31 obligations no_new_penalty off_lists promise as_of=2024-08-01',
        false, '2024-07-31', '{harm_removed}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('there was another penalty', '3号第六条第(三)项',
        'kind=penalty severity=general published_on=2024-01-31 obligations harm_removed off_lists promise as_of=2024-08-01',
        false, '2024-07-31', '{no_new_penalty}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('it is on a list', '3号第六条第(四)项',
        'kind=penalty severity=general published_on=2024-01-31 obligations harm_removed no_new_penalty promise as_of=2024-08-01',
        false, '2024-07-31', '{off_lists}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('there is no promise', '3号第八条',
        'kind=penalty severity=general published_on=2024-01-31 obligations harm_removed no_new_penalty off_lists as_of=2024-08-01',
        false, '2024-07-31', '{promise}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('what is known not to be so is not shown', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-31 obligations=false harm_removed no_new_penalty off_lists promise=false as_of=2024-08-01',
        false, '2024-07-31', '{obligations,promise}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('everything is missing, in the order of the document', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2024-01-10 published_on=2024-01-31 as_of=2024-01-30',
        false, '2024-07-31', '{not_published,too_early,obligations,harm_removed,no_new_penalty,off_lists,promise}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('what is not asked for is not missing', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-31 training=false obligations harm_removed no_new_penalty off_lists promise as_of=2024-08-01',
        true, '2024-07-31', '{}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('food: one year', '3号第六条',
        'kind=penalty severity=general area=food published_on=2024-02-29 obligations harm_removed no_new_penalty off_lists promise as_of=2025-02-28',
        true, '2025-02-28', '{}', 'samr-2021-penalty-general-food', 'samr-2021-repair-penalty'),
    ('drugs: less than one year', '3号第六条',
        'kind=penalty severity=general area=drug published_on=2024-02-29 obligations harm_removed no_new_penalty off_lists promise as_of=2025-02-27',
        false, '2025-02-28', '{too_early}', 'samr-2021-penalty-general-drug', 'samr-2021-repair-penalty'),
    ('on the last day of the publication', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-31 obligations harm_removed no_new_penalty off_lists promise as_of=2027-01-31',
        true, '2024-07-31', '{}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('after it there is nothing to end', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-31 obligations harm_removed no_new_penalty off_lists promise as_of=2027-02-01',
        false, '2024-07-31', '{ended}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('nor after an early end', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-31 repaired_on=2024-08-05 obligations harm_removed no_new_penalty off_lists promise as_of=2024-08-06',
        false, '2024-07-31', '{ended}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('a long ban can be ended early where it is no serious penalty', '3号第六条',
        'kind=penalty severity=general published_on=2024-01-31 penalty_ends=infinity obligations harm_removed no_new_penalty off_lists promise as_of=2028-02-01',
        true, '2024-07-31', '{}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('not published, so that nobody knows from when', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2024-01-10 obligations harm_removed no_new_penalty off_lists promise as_of=2024-01-20',
        false, NULL, '{not_published,too_early}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('withheld', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-31 withheld=privacy obligations harm_removed no_new_penalty off_lists promise as_of=2024-08-01',
        false, NULL, '{withheld}', NULL, NULL);

--
-- What cannot be repaired
--
INSERT INTO repair_case (name, source, facts, eligible, earliest, missing, rule, repair_rule) VALUES
    ('a low fine ends by itself', '3号第六条',
        'kind=penalty severity=minor published_on=2024-01-31 obligations harm_removed no_new_penalty off_lists promise as_of=2024-02-01',
        false, NULL, '{not_repairable}', 'samr-2021-penalty-minor', 'samr-2021-repair-penalty'),
    ('a serious penalty', '45号令第十四条',
        'kind=penalty severity=serious published_on=2024-01-31 obligations harm_removed no_new_penalty off_lists promise as_of=2025-02-01',
        false, NULL, '{not_repairable}', 'samr-2021-penalty-serious', 'samr-2021-repair-penalty'),
    ('a warning', '45号令第二条',
        'kind=penalty severity=warning published_on=2024-01-31 obligations harm_removed no_new_penalty off_lists promise as_of=2025-02-01',
        false, NULL, '{withheld,not_repairable}', 'samr-2021-penalty-warning', 'samr-2021-repair-penalty'),
    ('what has ended and could not be repaired', 'doc/publication.md',
        'kind=penalty severity=minor published_on=2024-01-31 obligations as_of=2025-02-01',
        false, NULL, '{ended,not_repairable}', 'samr-2021-penalty-minor', 'samr-2021-repair-penalty'),
    ('what no rule fits', 'doc/publication.md',
        'kind=inspection code=pending published_on=2024-01-31 obligations as_of=2025-02-01',
        false, NULL, '{no_rule}', NULL, NULL),
    ('what no rule fits and is withheld', 'doc/publication.md',
        'kind=inspection code=pending published_on=2024-01-31 withheld=state_secret as_of=2025-02-01',
        false, NULL, '{withheld}', NULL, NULL),
    ('what no rule fits and is not published', 'doc/publication.md',
        'kind=inspection code=pending as_of=2025-02-01',
        false, NULL, '{no_rule,not_published}', NULL, NULL),
    ('results of inspections by the draft', '征求意见稿',
        'kind=inspection code=correction_ordered published_on=2024-01-31 rectified_on=2024-02-28 rule_set=samr-2023-draft as_of=2024-03-01',
        false, NULL, '{not_repairable}', 'samr-2023-draft-correction-ordered', NULL);

--
-- Lists
--
INSERT INTO repair_case (name, source, facts, eligible, earliest, missing, rule, repair_rule) VALUES
    ('the abnormal list: on the day of the correction', '3号第五条',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 rectified_on=2024-09-02 as_of=2024-09-02',
        true, '2024-09-02', '{}', 'samr-2021-abnormal-list', 'samr-2021-repair-abnormal-list'),
    ('the abnormal list: long after the correction', '3号第五条',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 rectified_on=2024-09-02 as_of=2034-09-02',
        true, '2024-09-02', '{}', 'samr-2021-abnormal-list', 'samr-2021-repair-abnormal-list'),
    ('the abnormal list: corrected before the entry', '3号第五条',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 rectified_on=2024-07-05 as_of=2024-07-08',
        true, '2024-07-08', '{}', 'samr-2021-abnormal-list', 'samr-2021-repair-abnormal-list'),
    ('the abnormal list: a correction to come', 'doc/publication.md',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 rectified_on=2024-09-02 as_of=2024-09-01',
        false, '2024-09-02', '{too_early,corrected}', 'samr-2021-abnormal-list', 'samr-2021-repair-abnormal-list'),
    ('the abnormal list: no correction', '3号第五条',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 obligations harm_removed no_new_penalty off_lists training promise as_of=2034-09-01',
        false, '2024-07-08', '{corrected}', 'samr-2021-abnormal-list', 'samr-2021-repair-abnormal-list'),
    ('the abnormal list: after the removal it has ended', 'doc/publication.md',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 rectified_on=2024-09-02 repaired_on=2024-09-06 as_of=2024-09-07',
        false, '2024-09-02', '{ended}', 'samr-2021-abnormal-list', 'samr-2021-repair-abnormal-list'),
    ('the serious list: after one year', '3号第七条',
        'kind=serious_list decided_on=2024-03-31 published_on=2024-04-02 obligations harm_removed no_new_penalty promise as_of=2025-03-31',
        true, '2025-03-31', '{}', 'samr-2021-serious-list', 'samr-2021-repair-serious-list'),
    ('the serious list: before one year, and conditions are missing', '3号第七条',
        'kind=serious_list decided_on=2024-03-31 published_on=2024-04-02 obligations no_new_penalty as_of=2025-03-30',
        false, '2025-03-31', '{too_early,harm_removed,promise}', 'samr-2021-serious-list', 'samr-2021-repair-serious-list');

--
-- ndrc-2026: from the decision, and only what is corrected
--
INSERT INTO repair_case (name, source, facts, eligible, earliest, missing, rule, repair_rule) VALUES
    ('general: three months', '36号令',
        'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 rectified_on=2026-06-01 obligations promise as_of=2026-07-30',
        true, '2026-07-30', '{}', 'ndrc-2026-penalty-general', 'ndrc-2026-repair-penalty'),
    ('general: a day too early', '36号令',
        'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 rectified_on=2026-06-01 obligations promise as_of=2026-07-29',
        false, '2026-07-30', '{too_early}', 'ndrc-2026-penalty-general', 'ndrc-2026-repair-penalty'),
    ('general: corrected after the three months, from that day', '36号令',
        'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 rectified_on=2026-10-12 obligations promise as_of=2026-10-12',
        true, '2026-10-12', '{}', 'ndrc-2026-penalty-general', 'ndrc-2026-repair-penalty'),
    ('serious: one year', '36号令',
        'kind=penalty severity=serious decided_on=2026-05-31 published_on=2026-06-09 rectified_on=2026-07-01 obligations promise as_of=2027-05-31',
        true, '2027-05-31', '{}', 'ndrc-2026-penalty-serious', 'ndrc-2026-repair-penalty'),
    ('minor: at once', '36号令',
        'kind=penalty severity=minor decided_on=2026-04-10 published_on=2026-04-20 rectified_on=2026-04-12 obligations promise as_of=2026-04-20',
        true, '2026-04-12', '{}', 'ndrc-2026-penalty-minor', 'ndrc-2026-repair-penalty'),
    ('not corrected', '36号令',
        'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 obligations promise as_of=2026-09-01',
        false, '2026-07-30', '{corrected}', 'ndrc-2026-penalty-general', 'ndrc-2026-repair-penalty'),
    ('decided, not published, not corrected, no promise', '36号令',
        'kind=penalty severity=general decided_on=2026-04-30 obligations as_of=2026-05-04',
        false, '2026-07-30', '{not_published,too_early,corrected,promise}', 'ndrc-2026-penalty-general', 'ndrc-2026-repair-penalty'),
    ('by the old book, if it is named', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 rectified_on=2026-06-01 obligations promise rule_set=samr-2021 as_of=2026-07-30',
        false, '2026-11-08', '{too_early,harm_removed,no_new_penalty,off_lists}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('by a book that is named for a day before it', 'doc/publication.md',
        'kind=penalty severity=general published_on=2020-05-31 obligations harm_removed no_new_penalty off_lists promise rule_set=samr-2021 as_of=2020-11-30',
        true, '2020-11-30', '{}', 'samr-2021-penalty-general', 'samr-2021-repair-penalty'),
    ('but not where it is not named', 'doc/publication.md',
        'kind=penalty severity=general published_on=2020-05-31 obligations harm_removed no_new_penalty off_lists promise as_of=2020-11-30',
        false, NULL, '{no_rule}', NULL, NULL);
SELECT pg_temp.differing();

--
-- Facts without a column are not known, conditions without one are not shown
--
SELECT * FROM fairdraw.repair_eligible('SELECT ''r1'' AS record, ''penalty'' AS kind', '2024-08-01');
SELECT * FROM fairdraw.repair_eligible('SELECT ''r1'' AS record, ''penalty'' AS kind, ''general'' AS severity, date ''2024-01-31'' AS published_on, true AS promise', '2024-08-01');
-- rows come in the order of the query
SELECT record, eligible FROM fairdraw.repair_eligible($$SELECT * FROM (VALUES ('z', 'abnormal_list'), ('a', 'penalty'), ('m', 'serious_list'), ('a', 'penalty')) r (record, kind)$$, '2024-08-01');
SELECT * FROM fairdraw.repair_eligible('SELECT ''r1'' AS record, ''penalty'' AS kind WHERE false');
-- the day is today, if none is given
SELECT record, earliest - current_date AS days, missing FROM fairdraw.repair_eligible($$SELECT d AS record, 'abnormal_list' AS kind, current_date - 10 AS decided_on, current_date - 10 AS published_on, current_date + d::integer AS rectified_on FROM unnest('{-1,0,1}'::text[]) d$$);

--
-- Stricter for those who did it repeatedly or gravely, by rules of one's own
--
BEGIN;
INSERT INTO fairdraw_data.repair_rule (rule, rule_set, kind, severity, area, standing, requires, least, allowed, basis, verified, valid_from, valid_to) VALUES
    ('repeated', 'samr-2021', 'penalty', NULL, NULL, 'repeated', '{promise,training,obligations}', '1 year', true, '从严', true, '2021-09-01', NULL),
    ('repeated-short', 'samr-2021', 'serious_list', NULL, NULL, 'repeated', '{promise}', '6 months', true, '从严', true, '2021-09-01', NULL),
    ('grave', 'samr-2021', 'penalty', NULL, NULL, 'grave', '{obligations}', NULL, false, '从严', true, '2024-01-01', '2024-12-31'),
    ('general', 'samr-2021', 'penalty', 'general', NULL, NULL, '{training}', NULL, true, '一般', true, '2023-01-01', NULL),
    ('food', 'samr-2021', 'penalty', NULL, 'food', NULL, '{harm_removed}', '18 months', true, '食品', true, '2023-01-01', NULL),
    ('lenient', 'ndrc-2026', 'penalty', 'minor', NULL, NULL, '{promise}', NULL, true, '从宽', true, '2026-04-01', NULL),
    ('drug', 'samr-2021', 'penalty', 'general', 'drug', NULL, '{training}', '365 days', true, '药品', true, '2023-01-01', NULL),
    ('general-food', 'samr-2021', 'penalty', 'general', 'food', NULL, '{off_lists}', NULL, true, '食品', true, '2025-01-01', NULL);
TRUNCATE repair_case;
INSERT INTO repair_case (name, source, facts, eligible, earliest, missing, rule, repair_rule) VALUES
    ('repeated: the longer of the two periods, and training', '从严',
        'kind=penalty severity=general published_on=2024-01-31 standing=repeated obligations promise as_of=2025-01-30',
        false, '2025-01-31', '{too_early,training}', 'samr-2021-penalty-general', 'repeated'),
    ('repeated: then it can be ended', '从严',
        'kind=penalty severity=general published_on=2024-01-31 standing=repeated obligations training promise as_of=2025-01-31',
        true, '2025-01-31', '{}', 'samr-2021-penalty-general', 'repeated'),
    ('conditions come in the order of the document, not of the rule', '从严',
        'kind=penalty severity=general published_on=2024-01-31 standing=repeated as_of=2025-01-31',
        false, '2025-01-31', '{obligations,training,promise}', 'samr-2021-penalty-general', 'repeated'),
    ('the rule of repair cannot shorten the period', '从严',
        'kind=serious_list decided_on=2024-03-31 published_on=2024-03-31 standing=repeated promise as_of=2024-09-30',
        false, '2025-03-31', '{too_early}', 'samr-2021-serious-list', 'repeated-short'),
    ('of one year and 365 days the later day: here the year', '药品',
        'kind=penalty severity=general area=drug published_on=2023-05-10 training as_of=2024-05-09',
        false, '2024-05-10', '{too_early}', 'samr-2021-penalty-general-drug', 'drug'),
    ('of one year and 365 days the later day: here both', '药品',
        'kind=penalty severity=general area=drug published_on=2024-05-10 training as_of=2025-05-10',
        true, '2025-05-10', '{}', 'samr-2021-penalty-general-drug', 'drug'),
    ('grave: there is no early end', '从严',
        'kind=penalty severity=general published_on=2024-01-31 standing=grave obligations as_of=2024-08-01',
        false, NULL, '{not_repairable}', 'samr-2021-penalty-general', 'grave'),
    ('grave, on the last day of the rule', '从严',
        'kind=penalty severity=general published_on=2024-12-31 standing=grave obligations as_of=2025-08-01',
        false, NULL, '{not_repairable}', 'samr-2021-penalty-general', 'grave'),
    ('grave, after it: the next best', '从严',
        'kind=penalty severity=general published_on=2025-01-01 standing=grave training as_of=2025-08-01',
        true, '2025-07-01', '{}', 'samr-2021-penalty-general', 'general'),
    ('standing goes before severity and area', '从严',
        'kind=penalty severity=general area=food published_on=2025-01-31 standing=repeated obligations training promise as_of=2026-01-31',
        true, '2026-01-31', '{}', 'samr-2021-penalty-general-food', 'repeated'),
    ('severity goes before area', '一般',
        'kind=penalty severity=general area=food published_on=2024-01-31 training as_of=2025-01-31',
        true, '2025-01-31', '{}', 'samr-2021-penalty-general-food', 'general'),
    ('severity and area go before one of them', '食品',
        'kind=penalty severity=general area=food published_on=2025-01-01 off_lists as_of=2026-01-01',
        true, '2026-01-01', '{}', 'samr-2021-penalty-general-food', 'general-food'),
    ('area goes before none', '食品',
        'kind=penalty severity=serious area=food published_on=2025-01-01 as_of=2026-01-01',
        false, NULL, '{not_repairable}', 'samr-2021-penalty-serious', 'food'),
    ('where the publication waits for the correction, so does its early end', '从宽',
        'kind=penalty severity=minor decided_on=2026-04-10 published_on=2026-04-20 promise as_of=2026-05-10',
        false, '2026-04-10', '{corrected}', 'ndrc-2026-penalty-minor', 'lenient'),
    ('then a rule may ask for less than others', '从宽',
        'kind=penalty severity=minor decided_on=2026-04-10 published_on=2026-04-20 rectified_on=2026-05-09 promise as_of=2026-05-10',
        true, '2026-05-09', '{}', 'ndrc-2026-penalty-minor', 'lenient'),
    ('neither repeated nor grave', '一般',
        'kind=penalty severity=general published_on=2024-01-31 training as_of=2024-08-01',
        true, '2024-07-31', '{}', 'samr-2021-penalty-general', 'general');
SELECT pg_temp.differing();
-- rules that are taken away again are gone
DELETE FROM fairdraw_data.repair_rule WHERE rule IN ('general', 'repeated');
SELECT eligible, missing, repair_rule FROM fairdraw.repair_eligible($$SELECT 'r1' AS record, 'penalty' AS kind, 'general' AS severity, date '2024-01-31' AS published_on, 'repeated' AS standing, true AS training, true AS promise$$, '2026-08-01');
-- nobody is repaired without a rule
DELETE FROM fairdraw_data.repair_rule WHERE kind = 'penalty';
SELECT eligible, earliest, missing, rule, repair_rule FROM fairdraw.repair_eligible($$SELECT 'r1' AS record, 'penalty' AS kind, 'general' AS severity, date '2024-01-31' AS published_on, true AS obligations, true AS harm_removed, true AS no_new_penalty, true AS off_lists, true AS promise$$, '2024-08-01');
ROLLBACK;
SELECT eligible, missing, repair_rule FROM fairdraw.repair_eligible($$SELECT 'r1' AS record, 'penalty' AS kind, 'general' AS severity, date '2024-01-31' AS published_on, 'repeated' AS standing, true AS training, true AS promise$$, '2026-08-01');

DROP SCHEMA fairdraw_data CASCADE;
