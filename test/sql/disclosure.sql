--
-- From when until when a record is public (doc/publication.md section 4): cases
-- with the answers that the rule books give.
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

-- facts are written as name=value; those that are not named are left to their defaults
CREATE FUNCTION pg_temp.term(facts text) RETURNS fairdraw.disclosure LANGUAGE plpgsql AS $$
DECLARE
    term fairdraw.disclosure;
BEGIN
    EXECUTE format('SELECT * FROM fairdraw.disclosure_term(%s)', (
        SELECT string_agg(format('%I => %L', split_part(f, '=', 1), split_part(f, '=', 2)), ', ')
        FROM string_to_table(facts, ' ') f)) INTO term;
    RETURN term;
END
$$;

CREATE TEMP TABLE disclosure_case (
    n integer GENERATED ALWAYS AS IDENTITY, name text UNIQUE, source text NOT NULL, facts text NOT NULL,
    starts date, ends date, status text NOT NULL, rule text, reason text NOT NULL);

--
-- samr-2021: penalties count from the day of publication
--
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason) VALUES
    ('a general penalty is public for three years from its publication', '45号令第十三条',
        'kind=penalty severity=general decided_on=2024-01-10 published_on=2024-01-31 as_of=2024-06-01',
        '2024-01-31', '2027-01-31', 'published', 'samr-2021-penalty-general', 'longest'),
    ('criticism or a low fine: three months', '45号令第十三条',
        'kind=penalty severity=minor decided_on=2024-01-10 published_on=2024-01-15 as_of=2024-02-01',
        '2024-01-15', '2024-04-15', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('a serious penalty: three years', '45号令第十三条',
        'kind=penalty severity=serious decided_on=2024-02-20 published_on=2024-03-05 as_of=2025-01-01',
        '2024-03-05', '2027-03-05', 'published', 'samr-2021-penalty-serious', 'longest'),
    ('a warning alone is never published', '45号令第二条',
        'kind=penalty severity=warning decided_on=2024-01-10 published_on=2024-01-15 as_of=2024-02-01',
        NULL, NULL, 'withheld', 'samr-2021-penalty-warning', 'never_public'),
    ('nor before there is a day of publication', '45号令第二条',
        'kind=penalty severity=warning decided_on=2024-01-10 as_of=2024-02-01',
        NULL, NULL, 'withheld', 'samr-2021-penalty-warning', 'never_public'),
    ('food has a rule of its own', '3号第六条',
        'kind=penalty severity=general area=food published_on=2024-05-20 as_of=2024-06-01',
        '2024-05-20', '2027-05-20', 'published', 'samr-2021-penalty-general-food', 'longest'),
    ('drugs have a rule of their own', '3号第六条',
        'kind=penalty severity=general area=drug published_on=2024-05-20 as_of=2024-06-01',
        '2024-05-20', '2027-05-20', 'published', 'samr-2021-penalty-general-drug', 'longest'),
    ('special equipment has a rule of its own', '3号第六条',
        'kind=penalty severity=general area=special_equipment published_on=2024-05-20 as_of=2024-06-01',
        '2024-05-20', '2027-05-20', 'published', 'samr-2021-penalty-general-special-equipment', 'longest'),
    ('a low fine about food ends as any low fine', '45号令第十三条',
        'kind=penalty severity=minor area=food published_on=2024-01-15 as_of=2024-02-01',
        '2024-01-15', '2024-04-15', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('a serious penalty about drugs ends as any serious penalty', '45号令第十三条',
        'kind=penalty severity=serious area=drug published_on=2024-03-05 as_of=2025-01-01',
        '2024-03-05', '2027-03-05', 'published', 'samr-2021-penalty-serious', 'longest'),
    ('a warning about special equipment is a warning', '45号令第二条',
        'kind=penalty severity=warning area=special_equipment published_on=2024-03-05 as_of=2025-01-01',
        NULL, NULL, 'withheld', 'samr-2021-penalty-warning', 'never_public');

--
-- Periods: the first day does not count, the last one does
--
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason) VALUES
    ('three months from the first of a month end on the first', '民法典第二百零二条',
        'kind=penalty severity=minor published_on=2024-01-01 as_of=2024-02-01',
        '2024-01-01', '2024-04-01', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('31 August and three months: November has 30 days', '民法典第二百零二条',
        'kind=penalty severity=minor published_on=2024-08-31 as_of=2024-09-01',
        '2024-08-31', '2024-11-30', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('30 November and three months: February has 28 days', '民法典第二百零二条',
        'kind=penalty severity=minor published_on=2024-11-30 as_of=2024-12-01',
        '2024-11-30', '2025-02-28', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('30 November and three months: February has 29 days', '民法典第二百零二条',
        'kind=penalty severity=minor published_on=2023-11-30 as_of=2023-12-01',
        '2023-11-30', '2024-02-29', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('29 November and three months: February has 28 days', '民法典第二百零二条',
        'kind=penalty severity=minor published_on=2024-11-29 as_of=2024-12-01',
        '2024-11-29', '2025-02-28', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('31 December and three months: March has 31 days', '民法典第二百零二条',
        'kind=penalty severity=minor published_on=2024-12-31 as_of=2025-01-01',
        '2024-12-31', '2025-03-31', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('the last day of a month leads to the day of the same number, not to the last', '民法典第二百零二条',
        'kind=penalty severity=minor published_on=2025-02-28 as_of=2025-03-01',
        '2025-02-28', '2025-05-28', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('29 February and three months', '民法典第二百零二条',
        'kind=penalty severity=minor published_on=2024-02-29 as_of=2024-03-01',
        '2024-02-29', '2024-05-29', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('29 February and three years', '民法典第二百零二条',
        'kind=penalty severity=general published_on=2024-02-29 as_of=2024-03-01',
        '2024-02-29', '2027-02-28', 'published', 'samr-2021-penalty-general', 'longest'),
    ('a leap day within three years', '民法典第二百零二条',
        'kind=penalty severity=general published_on=2025-03-01 as_of=2025-03-01',
        '2025-03-01', '2028-03-01', 'published', 'samr-2021-penalty-general', 'longest'),
    ('the end of a publication does not move for a holiday', 'doc/publication.md',
        'kind=penalty severity=minor published_on=2024-07-01 as_of=2024-07-01',
        '2024-07-01', '2024-10-01', 'published', 'samr-2021-penalty-minor', 'longest');

--
-- A penalty that lasts
--
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason) VALUES
    ('a ban shorter than three years does not shorten them', '45号令第十三条',
        'kind=penalty severity=general published_on=2024-01-15 penalty_ends=2025-06-30 as_of=2025-07-01',
        '2024-01-15', '2027-01-15', 'published', 'samr-2021-penalty-general', 'longest'),
    ('a ban that ends on the very day', '45号令第十三条',
        'kind=penalty severity=general published_on=2024-01-15 penalty_ends=2027-01-15 as_of=2025-07-01',
        '2024-01-15', '2027-01-15', 'published', 'samr-2021-penalty-general', 'longest'),
    ('a ban that is a day longer', '45号令第十三条',
        'kind=penalty severity=general published_on=2024-01-15 penalty_ends=2027-01-16 as_of=2025-07-01',
        '2024-01-15', '2027-01-16', 'published', 'samr-2021-penalty-general', 'penalty'),
    ('a ban of ten years is public for ten years', '45号令第十三条',
        'kind=penalty severity=serious published_on=2024-01-15 penalty_ends=2034-01-09 as_of=2030-01-01',
        '2024-01-15', '2034-01-09', 'published', 'samr-2021-penalty-serious', 'penalty'),
    ('a ban about food of five years', '45号令第十三条',
        'kind=penalty severity=general area=food published_on=2024-01-15 penalty_ends=2029-01-09 as_of=2028-01-01',
        '2024-01-15', '2029-01-09', 'published', 'samr-2021-penalty-general-food', 'penalty'),
    ('the end of the ban is not known', '45号令第十三条',
        'kind=penalty severity=serious published_on=2024-01-15 penalty_ends=infinity as_of=2024-02-01',
        '2024-01-15', NULL, 'published', 'samr-2021-penalty-serious', 'penalty_open'),
    ('nor after the three years', '45号令第十三条',
        'kind=penalty severity=serious published_on=2024-01-15 penalty_ends=infinity as_of=2044-02-01',
        '2024-01-15', NULL, 'published', 'samr-2021-penalty-serious', 'penalty_open'),
    ('then it is known', '45号令第十三条',
        'kind=penalty severity=serious published_on=2024-01-15 penalty_ends=2028-03-31 as_of=2044-02-01',
        '2024-01-15', '2028-03-31', 'ended', 'samr-2021-penalty-serious', 'penalty'),
    ('then it is shortened', '45号令第十三条',
        'kind=penalty severity=serious published_on=2024-01-15 penalty_ends=2026-03-31 as_of=2026-05-01',
        '2024-01-15', '2027-01-15', 'published', 'samr-2021-penalty-serious', 'longest'),
    ('an open ban that is not published yet', 'doc/publication.md',
        'kind=penalty severity=serious decided_on=2024-01-09 penalty_ends=infinity as_of=2024-01-10',
        NULL, NULL, 'due', 'samr-2021-penalty-serious', 'penalty_open'),
    ('a low fine does not follow anything', '45号令第十三条',
        'kind=penalty severity=minor published_on=2024-01-15 penalty_ends=2026-01-01 as_of=2024-02-01',
        '2024-01-15', '2024-04-15', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('a correction changes nothing where none is asked for', '45号令第十三条',
        'kind=penalty severity=general published_on=2024-01-15 found_on=2023-12-01 rectified_on=2029-01-01 as_of=2024-02-01',
        '2024-01-15', '2027-01-15', 'published', 'samr-2021-penalty-general', 'longest');

--
-- Status
--
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason) VALUES
    ('decided and not yet published: the end is not known', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2024-01-10 as_of=2024-01-11',
        NULL, NULL, 'due', 'samr-2021-penalty-general', 'no_clock'),
    ('to be published tomorrow', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-06-02 as_of=2024-06-01',
        '2024-06-02', '2027-06-02', 'due', 'samr-2021-penalty-general', 'longest'),
    ('published today', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-06-01 as_of=2024-06-01',
        '2024-06-01', '2027-06-01', 'published', 'samr-2021-penalty-general', 'longest'),
    ('public on its last day', 'doc/publication.md',
        'kind=penalty severity=minor published_on=2024-01-15 as_of=2024-04-15',
        '2024-01-15', '2024-04-15', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('over on the day after', 'doc/publication.md',
        'kind=penalty severity=minor published_on=2024-01-15 as_of=2024-04-16',
        '2024-01-15', '2024-04-15', 'ended', 'samr-2021-penalty-minor', 'longest'),
    ('a correction that is known for the future counts', 'doc/publication.md',
        'kind=inspection code=stop_ordered published_on=2024-04-08 rectified_on=2024-06-03 rule_set=samr-2023-draft as_of=2024-05-01',
        '2024-04-08', '2024-12-03', 'published', 'samr-2023-draft-stop-ordered', 'longest');

--
-- Withheld: no rule is asked
--
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason) VALUES
    ('withheld for privacy', '公示为原则、不公示为例外',
        'kind=penalty severity=general decided_on=2024-01-10 published_on=2024-01-15 withheld=privacy as_of=2024-02-01',
        NULL, NULL, 'withheld', NULL, 'privacy'),
    ('withheld for a commercial secret', '公示为原则、不公示为例外',
        'kind=penalty severity=minor decided_on=2024-01-10 withheld=commercial_secret as_of=2024-02-01',
        NULL, NULL, 'withheld', NULL, 'commercial_secret'),
    ('withheld for a state secret, also while it is not corrected', '公示为原则、不公示为例外',
        'kind=abnormal_list decided_on=2024-01-10 published_on=2024-01-10 withheld=state_secret as_of=2024-02-01',
        NULL, NULL, 'withheld', NULL, 'state_secret'),
    ('withheld for national security, also after the end', '公示为原则、不公示为例外',
        'kind=serious_list decided_on=2022-01-10 published_on=2022-01-10 withheld=national_security as_of=2026-02-01',
        NULL, NULL, 'withheld', NULL, 'national_security'),
    ('withheld in the public interest, also where no rule fits', '公示为原则、不公示为例外',
        'kind=inspection code=pending published_on=2024-01-10 withheld=public_interest as_of=2024-02-01',
        NULL, NULL, 'withheld', NULL, 'public_interest'),
    ('what is withheld is never public for that reason first', 'doc/publication.md',
        'kind=penalty severity=warning decided_on=2024-01-10 withheld=privacy as_of=2024-02-01',
        NULL, NULL, 'withheld', NULL, 'privacy'),
    ('what is withheld cannot end early', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-15 repaired_on=2024-08-01 withheld=privacy as_of=2024-09-01',
        NULL, NULL, 'withheld', NULL, 'privacy');

--
-- Before the rules, and records that no rule fits
--
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason) VALUES
    ('published on the day before the rules: it stays', '45号令附则',
        'kind=penalty severity=general decided_on=2021-08-20 published_on=2021-08-31 as_of=2026-01-01',
        '2021-08-31', NULL, 'published', NULL, 'no_rule'),
    ('published on their first day', '45号令附则',
        'kind=penalty severity=general decided_on=2021-08-20 published_on=2021-09-01 as_of=2022-01-01',
        '2021-09-01', '2024-09-01', 'published', 'samr-2021-penalty-general', 'longest'),
    ('a warning before the rules', '45号令附则',
        'kind=penalty severity=warning decided_on=2021-03-01 published_on=2021-03-15 as_of=2022-01-01',
        '2021-03-15', NULL, 'published', NULL, 'no_rule'),
    ('not published, on the day before the rules', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2021-08-20 as_of=2021-08-31',
        NULL, NULL, 'due', NULL, 'no_rule'),
    ('not published, on their first day', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2021-08-20 as_of=2021-09-01',
        NULL, NULL, 'due', 'samr-2021-penalty-general', 'no_clock'),
    ('entered on the list on the day before the rules', '3号附则',
        'kind=abnormal_list decided_on=2021-08-31 published_on=2021-08-31 as_of=2021-10-01',
        '2021-08-31', NULL, 'published', NULL, 'no_rule'),
    ('entered on their first day', '3号附则',
        'kind=abnormal_list decided_on=2021-09-01 published_on=2021-09-01 as_of=2021-10-01',
        '2021-09-01', NULL, 'published', 'samr-2021-abnormal-list', 'uncorrected'),
    ('no rule in force ends the publication of an inspection', 'doc/publication.md',
        'kind=inspection code=no_problem published_on=2024-03-01 as_of=2024-04-01',
        '2024-03-01', NULL, 'published', NULL, 'no_rule'),
    ('a draft is not in force', 'doc/publication.md',
        'kind=inspection code=correction_ordered published_on=2024-03-01 rectified_on=2024-03-15 as_of=2025-04-01',
        '2024-03-01', NULL, 'published', NULL, 'no_rule'),
    ('a penalty without severity', 'doc/publication.md',
        'kind=penalty decided_on=2024-02-20 published_on=2024-03-01 as_of=2025-04-01',
        '2024-03-01', NULL, 'published', NULL, 'no_rule'),
    ('nothing is known of an inspection', 'doc/publication.md', 'kind=inspection as_of=2024-04-01', NULL, NULL, 'due', NULL, 'no_rule'),
    ('nothing is known of a penalty', 'doc/publication.md', 'kind=penalty as_of=2024-04-01', NULL, NULL, 'due', NULL, 'no_rule'),
    ('nothing is known of an entry on the abnormal list', 'doc/publication.md', 'kind=abnormal_list as_of=2024-04-01',
        NULL, NULL, 'due', 'samr-2021-abnormal-list', 'uncorrected'),
    ('nothing is known of an entry on the serious list', 'doc/publication.md', 'kind=serious_list as_of=2024-04-01',
        NULL, NULL, 'due', 'samr-2021-serious-list', 'no_clock');

--
-- samr-2021: lists
--
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason) VALUES
    ('on the abnormal list until corrected', '3号第五条',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 as_of=2034-07-09',
        '2024-07-08', NULL, 'published', 'samr-2021-abnormal-list', 'uncorrected'),
    ('corrected: until somebody decides on the removal', '3号第五条',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 rectified_on=2024-09-02 as_of=2034-07-09',
        '2024-07-08', NULL, 'published', 'samr-2021-abnormal-list', 'listed'),
    ('on the day of the removal', '3号第五条',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 rectified_on=2024-09-02 repaired_on=2024-09-06 as_of=2024-09-06',
        '2024-07-08', '2024-09-06', 'published', 'samr-2021-abnormal-list', 'repaired'),
    ('and not any more', '3号第五条',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 rectified_on=2024-09-02 repaired_on=2024-09-06 as_of=2024-09-07',
        '2024-07-08', '2024-09-06', 'ended', 'samr-2021-abnormal-list', 'repaired'),
    ('corrected and removed on one day', '3号第五条',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 rectified_on=2024-09-02 repaired_on=2024-09-02 as_of=2024-09-03',
        '2024-07-08', '2024-09-02', 'ended', 'samr-2021-abnormal-list', 'repaired'),
    ('corrected before the entry, removed on its day', '3号第五条',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 found_on=2024-06-20 rectified_on=2024-07-05 repaired_on=2024-07-08 as_of=2024-07-09',
        '2024-07-08', '2024-07-08', 'ended', 'samr-2021-abnormal-list', 'repaired'),
    ('removed before the correction: it stays', '3号第五条',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 rectified_on=2024-09-02 repaired_on=2024-09-01 as_of=2024-09-03',
        '2024-07-08', NULL, 'published', 'samr-2021-abnormal-list', 'repair_too_early'),
    ('removed without a correction: it stays', '3号第五条',
        'kind=abnormal_list decided_on=2024-07-08 published_on=2024-07-08 repaired_on=2024-09-06 as_of=2034-07-09',
        '2024-07-08', NULL, 'published', 'samr-2021-abnormal-list', 'repair_too_early'),
    ('removed before the entry: it stays', 'doc/publication.md',
        'kind=abnormal_list decided_on=2024-07-08 rectified_on=2024-07-01 repaired_on=2024-07-07 as_of=2024-10-01',
        NULL, NULL, 'due', 'samr-2021-abnormal-list', 'repair_too_early'),
    ('removed, but the day of the entry is not known', 'doc/publication.md',
        'kind=abnormal_list published_on=2024-07-08 rectified_on=2024-09-02 repaired_on=2024-09-06 as_of=2024-09-07',
        '2024-07-08', '2024-09-06', 'ended', 'samr-2021-abnormal-list', 'repaired'),
    ('and removed before the correction', 'doc/publication.md',
        'kind=abnormal_list published_on=2024-07-08 rectified_on=2024-09-02 repaired_on=2024-09-01 as_of=2024-09-07',
        '2024-07-08', NULL, 'published', 'samr-2021-abnormal-list', 'repair_too_early'),
    ('and removed without one', 'doc/publication.md',
        'kind=abnormal_list published_on=2024-07-08 repaired_on=2024-09-01 as_of=2024-09-07',
        '2024-07-08', NULL, 'published', 'samr-2021-abnormal-list', 'repair_too_early'),
    ('on the serious list for three years', '44号令',
        'kind=serious_list decided_on=2024-02-29 published_on=2024-03-04 as_of=2027-02-28',
        '2024-03-04', '2027-02-28', 'published', 'samr-2021-serious-list', 'longest'),
    ('and not longer', '44号令',
        'kind=serious_list decided_on=2024-02-29 published_on=2024-03-04 as_of=2027-03-01',
        '2024-03-04', '2027-02-28', 'ended', 'samr-2021-serious-list', 'longest'),
    ('a correction does not shorten the three years', '44号令',
        'kind=serious_list decided_on=2024-02-28 published_on=2024-02-28 rectified_on=2024-03-01 as_of=2024-03-02',
        '2024-02-28', '2027-02-28', 'published', 'samr-2021-serious-list', 'longest'),
    ('nor does the lack of one lengthen them', '44号令',
        'kind=serious_list decided_on=2024-02-28 published_on=2024-02-28 found_on=2024-01-05 as_of=2030-01-01',
        '2024-02-28', '2027-02-28', 'ended', 'samr-2021-serious-list', 'longest'),
    ('nor does a penalty', '44号令',
        'kind=serious_list decided_on=2024-02-28 published_on=2024-02-28 penalty_ends=infinity as_of=2030-01-01',
        '2024-02-28', '2027-02-28', 'ended', 'samr-2021-serious-list', 'longest');

--
-- ndrc-2026: three tiers, from the date of the deciding document, until corrected
--
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason) VALUES
    ('minor: three months', '国办发〔2025〕22号:轻微',
        'kind=penalty severity=minor decided_on=2026-04-01 published_on=2026-04-20 rectified_on=2026-05-10 as_of=2026-06-01',
        '2026-04-20', '2026-07-01', 'published', 'ndrc-2026-penalty-minor', 'longest'),
    ('general: one year', '国办发〔2025〕22号:一般',
        'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 rectified_on=2026-06-01 as_of=2026-06-01',
        '2026-05-08', '2027-04-30', 'published', 'ndrc-2026-penalty-general', 'longest'),
    ('serious: three years', '国办发〔2025〕22号:严重',
        'kind=penalty severity=serious decided_on=2026-05-31 published_on=2026-06-09 rectified_on=2026-07-01 as_of=2029-05-31',
        '2026-06-09', '2029-05-31', 'published', 'ndrc-2026-penalty-serious', 'longest'),
    ('and not longer than three years', '国办发〔2025〕22号:严重',
        'kind=penalty severity=serious decided_on=2026-05-31 published_on=2026-06-09 rectified_on=2026-07-01 as_of=2029-06-01',
        '2026-06-09', '2029-05-31', 'ended', 'ndrc-2026-penalty-serious', 'longest'),
    ('a warning is never published under the new book either', '45号令第二条',
        'kind=penalty severity=warning decided_on=2026-05-31 published_on=2026-06-09 as_of=2026-07-01',
        NULL, NULL, 'withheld', 'samr-2021-penalty-warning', 'never_public'),
    ('food has no rule of its own', '国办发〔2025〕22号:一般',
        'kind=penalty severity=general area=food decided_on=2026-04-30 published_on=2026-05-08 rectified_on=2026-06-01 as_of=2026-06-01',
        '2026-05-08', '2027-04-30', 'published', 'ndrc-2026-penalty-general', 'longest'),
    ('29 February and one year', '民法典第二百零二条',
        'kind=penalty severity=general decided_on=2028-02-29 published_on=2028-03-10 rectified_on=2028-03-15 as_of=2028-04-01',
        '2028-03-10', '2029-02-28', 'published', 'ndrc-2026-penalty-general', 'longest'),
    ('29 February and three years from the decision', '民法典第二百零二条',
        'kind=penalty severity=serious decided_on=2028-02-29 published_on=2028-03-10 rectified_on=2028-03-15 as_of=2028-04-01',
        '2028-03-10', '2031-02-28', 'published', 'ndrc-2026-penalty-serious', 'longest'),
    ('30 November and three months from the decision', '民法典第二百零二条',
        'kind=penalty severity=minor decided_on=2026-11-30 published_on=2026-12-10 rectified_on=2026-12-15 as_of=2027-01-01',
        '2026-12-10', '2027-02-28', 'published', 'ndrc-2026-penalty-minor', 'longest'),
    ('corrected before the publication', '36号令',
        'kind=penalty severity=minor decided_on=2026-04-10 published_on=2026-04-30 found_on=2026-03-02 rectified_on=2026-04-12 as_of=2026-05-01',
        '2026-04-30', '2026-07-10', 'published', 'ndrc-2026-penalty-minor', 'longest'),
    ('corrected before the decision', '36号令',
        'kind=penalty severity=minor decided_on=2026-04-10 published_on=2026-04-30 found_on=2026-03-02 rectified_on=2026-03-03 as_of=2026-05-01',
        '2026-04-30', '2026-07-10', 'published', 'ndrc-2026-penalty-minor', 'longest'),
    ('corrected on the very last day', '36号令',
        'kind=penalty severity=minor decided_on=2026-04-10 published_on=2026-04-30 rectified_on=2026-07-10 as_of=2026-07-11',
        '2026-04-30', '2026-07-10', 'ended', 'ndrc-2026-penalty-minor', 'longest'),
    ('corrected a day later', '36号令',
        'kind=penalty severity=minor decided_on=2026-04-10 published_on=2026-04-30 rectified_on=2026-07-11 as_of=2026-07-11',
        '2026-04-30', '2026-07-11', 'published', 'ndrc-2026-penalty-minor', 'corrected'),
    ('corrected long after the longest period', '36号令',
        'kind=penalty severity=general decided_on=2026-04-10 published_on=2026-04-30 rectified_on=2028-12-24 as_of=2028-12-25',
        '2026-04-30', '2028-12-24', 'ended', 'ndrc-2026-penalty-general', 'corrected'),
    ('not corrected: it stays, within the longest period', '36号令',
        'kind=penalty severity=serious decided_on=2026-04-10 published_on=2026-04-30 as_of=2026-05-01',
        '2026-04-30', NULL, 'published', 'ndrc-2026-penalty-serious', 'uncorrected'),
    ('never corrected: it stays, after the longest period', '36号令',
        'kind=penalty severity=minor decided_on=2026-04-10 published_on=2026-04-30 as_of=2036-05-01',
        '2026-04-30', NULL, 'published', 'ndrc-2026-penalty-minor', 'uncorrected'),
    ('the period runs from the decision, however late it is published', '36号令',
        'kind=penalty severity=minor decided_on=2026-06-01 published_on=2026-08-30 rectified_on=2026-06-20 as_of=2026-08-30',
        '2026-08-30', '2026-09-01', 'published', 'ndrc-2026-penalty-minor', 'longest'),
    ('too late to be published', '36号令',
        'kind=penalty severity=minor decided_on=2026-05-01 published_on=2026-08-02 rectified_on=2026-05-20 as_of=2026-08-02',
        '2026-08-02', '2026-08-01', 'ended', 'ndrc-2026-penalty-minor', 'longest'),
    ('the end is known before the publication', '36号令',
        'kind=penalty severity=general decided_on=2026-05-15 rectified_on=2026-05-20 as_of=2026-05-25',
        NULL, '2027-05-15', 'due', 'ndrc-2026-penalty-general', 'longest'),
    ('it does not follow a ban', '国办发〔2025〕22号:严重',
        'kind=penalty severity=serious decided_on=2026-05-31 published_on=2026-06-09 rectified_on=2026-07-01 penalty_ends=2036-05-31 as_of=2027-01-01',
        '2026-06-09', '2029-05-31', 'published', 'ndrc-2026-penalty-serious', 'longest'),
    ('nor one whose end is not known', '国办发〔2025〕22号:严重',
        'kind=penalty severity=serious decided_on=2026-05-31 published_on=2026-06-09 rectified_on=2026-07-01 penalty_ends=infinity as_of=2027-01-01',
        '2026-06-09', '2029-05-31', 'published', 'ndrc-2026-penalty-serious', 'longest');

--
-- From samr-2021 to ndrc-2026 on 1 April 2026
--
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason) VALUES
    ('decided on the last day before the new book', '36号令附则',
        'kind=penalty severity=general decided_on=2026-03-31 published_on=2026-03-31 rectified_on=2026-04-01 as_of=2026-04-01',
        '2026-03-31', '2029-03-31', 'published', 'samr-2021-penalty-general', 'longest'),
    ('decided on its first day', '36号令附则',
        'kind=penalty severity=general decided_on=2026-04-01 published_on=2026-04-15 rectified_on=2026-05-01 as_of=2026-05-01',
        '2026-04-15', '2027-04-01', 'published', 'ndrc-2026-penalty-general', 'longest'),
    ('decided before it and published after: by the old book', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2026-03-31 published_on=2026-04-15 rectified_on=2026-05-01 as_of=2026-05-01',
        '2026-04-15', '2029-04-15', 'published', 'samr-2021-penalty-general', 'longest'),
    ('decided before it and not published: by the old book', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2026-03-31 as_of=2026-04-20',
        NULL, NULL, 'due', 'samr-2021-penalty-general', 'no_clock'),
    ('decided after it and not published: by the new book', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2026-04-01 as_of=2026-04-20',
        NULL, NULL, 'due', 'ndrc-2026-penalty-general', 'uncorrected'),
    ('published after it, the decision not known: by the book whose date is known', 'doc/publication.md',
        'kind=penalty severity=general published_on=2026-04-15 rectified_on=2026-05-01 as_of=2026-05-01',
        '2026-04-15', '2029-04-15', 'published', 'samr-2021-penalty-general', 'longest'),
    ('neither date known, on the day before it', 'doc/publication.md',
        'kind=penalty severity=general rectified_on=2026-03-01 as_of=2026-03-31',
        NULL, NULL, 'due', 'samr-2021-penalty-general', 'no_clock'),
    ('neither date known, on its first day', 'doc/publication.md',
        'kind=penalty severity=general rectified_on=2026-03-01 as_of=2026-04-01',
        NULL, NULL, 'due', 'ndrc-2026-penalty-general', 'no_clock'),
    ('decided after the day on which it is looked at', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2026-04-07 rectified_on=2026-04-08 as_of=2026-01-05',
        NULL, '2027-04-07', 'due', 'ndrc-2026-penalty-general', 'longest'),
    ('the book changes while the record runs: the last day of the old book', 'doc/publication.md',
        'kind=penalty severity=minor decided_on=2026-01-20 published_on=2026-02-03 as_of=2026-03-31',
        '2026-02-03', '2026-05-03', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('the book changes while the record runs: the first day of the new book', 'doc/publication.md',
        'kind=penalty severity=minor decided_on=2026-01-20 published_on=2026-02-03 as_of=2026-04-01',
        '2026-02-03', '2026-05-03', 'published', 'samr-2021-penalty-minor', 'longest'),
    ('the book changes while the record runs: after the end', 'doc/publication.md',
        'kind=penalty severity=minor decided_on=2026-01-20 published_on=2026-02-03 as_of=2026-05-04',
        '2026-02-03', '2026-05-03', 'ended', 'samr-2021-penalty-minor', 'longest'),
    ('the new book says nothing of the abnormal list', 'doc/publication.md',
        'kind=abnormal_list decided_on=2026-07-08 published_on=2026-07-08 rectified_on=2026-08-03 repaired_on=2026-08-06 as_of=2026-07-09',
        '2026-07-08', '2026-08-06', 'published', 'samr-2021-abnormal-list', 'repaired'),
    ('nor of the serious list', 'doc/publication.md',
        'kind=serious_list decided_on=2026-07-08 published_on=2026-07-08 as_of=2026-07-09',
        '2026-07-08', '2029-07-08', 'published', 'samr-2021-serious-list', 'longest');

--
-- samr-2023-draft, which has to be named: results of inspections
--
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason)
SELECT 'without a penalty, the draft ends nothing: ' || code, '征求意见稿', format('kind=inspection code=%s found_on=2023-09-20 published_on=2023-10-09 rectified_on=2023-10-31 rule_set=samr-2023-draft as_of=2023-11-01', code),
    '2023-10-09', NULL, 'published', NULL, 'no_rule'
FROM unnest('{no_problem,not_published,false_information,unreachable,refused,no_activity,pending,other}'::text[]) code;
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason)
SELECT 'with a penalty, a result ends with it: ' || code, '征求意见稿', format('kind=inspection code=%s found_on=2023-09-20 published_on=2023-10-09 penalty_ends=2026-10-20 rule_set=samr-2023-draft as_of=2023-11-01', code),
    '2023-10-09', '2026-10-20', 'published', 'samr-2023-draft-with-penalty', 'penalty'
FROM unnest('{no_problem,not_published,false_information,unreachable,refused,no_activity,stop_ordered,correction_ordered,pending,other}'::text[]) code;
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason) VALUES
    ('ordered to stop: six months from the correction', '征求意见稿',
        'kind=inspection code=stop_ordered found_on=2023-09-20 published_on=2023-10-09 rectified_on=2023-10-31 rule_set=samr-2023-draft as_of=2023-11-01',
        '2023-10-09', '2024-04-30', 'published', 'samr-2023-draft-stop-ordered', 'longest'),
    ('ordered to correct: six months from the correction', '征求意见稿',
        'kind=inspection code=correction_ordered found_on=2023-09-20 published_on=2023-10-09 rectified_on=2023-10-31 rule_set=samr-2023-draft as_of=2024-05-01',
        '2023-10-09', '2024-04-30', 'ended', 'samr-2023-draft-correction-ordered', 'longest'),
    ('ordered to stop and not corrected: it stays', '征求意见稿',
        'kind=inspection code=stop_ordered found_on=2023-09-20 published_on=2023-10-09 rule_set=samr-2023-draft as_of=2033-11-01',
        '2023-10-09', NULL, 'published', 'samr-2023-draft-stop-ordered', 'uncorrected'),
    ('ordered to correct, not corrected and not published', '征求意见稿',
        'kind=inspection code=correction_ordered found_on=2023-09-20 rule_set=samr-2023-draft as_of=2023-10-01',
        NULL, NULL, 'due', 'samr-2023-draft-correction-ordered', 'uncorrected'),
    ('31 August and six months: February has 28 days', '民法典第二百零二条',
        'kind=inspection code=correction_ordered published_on=2025-07-10 rectified_on=2025-08-31 rule_set=samr-2023-draft as_of=2025-09-01',
        '2025-07-10', '2026-02-28', 'published', 'samr-2023-draft-correction-ordered', 'longest'),
    ('31 August and six months: February has 29 days', '民法典第二百零二条',
        'kind=inspection code=correction_ordered published_on=2027-07-10 rectified_on=2027-08-31 rule_set=samr-2023-draft as_of=2027-09-01',
        '2027-07-10', '2028-02-29', 'published', 'samr-2023-draft-correction-ordered', 'longest'),
    ('corrected while the inspectors were there, before the publication', '征求意见稿',
        'kind=inspection code=correction_ordered found_on=2024-01-05 published_on=2024-01-20 rectified_on=2024-01-05 rule_set=samr-2023-draft as_of=2024-02-01',
        '2024-01-20', '2024-07-05', 'published', 'samr-2023-draft-correction-ordered', 'longest'),
    ('corrected five years later: six months more', '征求意见稿',
        'kind=inspection code=stop_ordered found_on=2024-01-05 published_on=2024-01-20 rectified_on=2029-01-05 rule_set=samr-2023-draft as_of=2029-02-01',
        '2024-01-20', '2029-07-05', 'published', 'samr-2023-draft-stop-ordered', 'longest'),
    ('the penalty goes before the correction', '征求意见稿',
        'kind=inspection code=correction_ordered found_on=2024-01-05 published_on=2024-01-20 rectified_on=2024-02-05 penalty_ends=2024-03-31 rule_set=samr-2023-draft as_of=2024-04-01',
        '2024-01-20', '2024-03-31', 'ended', 'samr-2023-draft-with-penalty', 'penalty'),
    ('a penalty whose end is not known', '征求意见稿',
        'kind=inspection code=refused published_on=2024-01-20 penalty_ends=infinity rule_set=samr-2023-draft as_of=2044-04-01',
        '2024-01-20', NULL, 'published', 'samr-2023-draft-with-penalty', 'penalty_open'),
    ('then its end is known', '征求意见稿',
        'kind=inspection code=refused published_on=2024-01-20 penalty_ends=2027-02-15 rule_set=samr-2023-draft as_of=2025-01-01',
        '2024-01-20', '2027-02-15', 'published', 'samr-2023-draft-with-penalty', 'penalty'),
    ('then the penalty ends early, and the result with it', '征求意见稿',
        'kind=inspection code=refused published_on=2024-01-20 penalty_ends=2024-12-31 rule_set=samr-2023-draft as_of=2025-01-01',
        '2024-01-20', '2024-12-31', 'ended', 'samr-2023-draft-with-penalty', 'penalty'),
    ('the end of the penalty is known before the result is published', '征求意见稿',
        'kind=inspection code=refused penalty_ends=2027-02-15 rule_set=samr-2023-draft as_of=2024-01-10',
        NULL, '2027-02-15', 'due', 'samr-2023-draft-with-penalty', 'penalty'),
    ('a result is published before its penalty is decided', '征求意见稿',
        'kind=inspection code=refused decided_on=2024-03-01 published_on=2024-01-20 penalty_ends=2027-03-10 rule_set=samr-2023-draft as_of=2024-03-01',
        '2024-01-20', '2027-03-10', 'published', 'samr-2023-draft-with-penalty', 'penalty'),
    ('severity and area mean nothing to the draft', '征求意见稿',
        'kind=inspection code=stop_ordered severity=serious area=food published_on=2024-01-20 rectified_on=2024-02-05 rule_set=samr-2023-draft as_of=2024-03-01',
        '2024-01-20', '2024-08-05', 'published', 'samr-2023-draft-stop-ordered', 'longest'),
    ('the draft says nothing of penalties', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-20 rule_set=samr-2023-draft as_of=2024-03-01',
        '2024-01-20', NULL, 'published', NULL, 'no_rule');

--
-- Sets that are named
--
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason) VALUES
    ('the old book named for a decision under the new one', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2026-05-04 published_on=2026-05-10 rectified_on=2026-05-20 rule_set=samr-2021 as_of=2026-06-01',
        '2026-05-10', '2029-05-10', 'published', 'samr-2021-penalty-general', 'longest'),
    ('the new book named for a decision before it', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2024-02-29 published_on=2024-03-05 rectified_on=2024-03-10 rule_set=ndrc-2026 as_of=2024-04-01',
        '2024-03-05', '2025-02-28', 'published', 'ndrc-2026-penalty-general', 'longest'),
    ('the new book named, before it, for what is not decided', 'doc/publication.md',
        'kind=penalty severity=general rule_set=ndrc-2026 as_of=2024-04-01',
        NULL, NULL, 'due', 'ndrc-2026-penalty-general', 'uncorrected'),
    ('a book named for a publication before its first day', 'doc/publication.md',
        'kind=penalty severity=minor published_on=2020-05-31 rule_set=samr-2021 as_of=2020-09-01',
        '2020-05-31', '2020-08-31', 'ended', 'samr-2021-penalty-minor', 'longest'),
    ('of the rules of a named book that all begin later, the special one', 'doc/publication.md',
        'kind=penalty severity=general area=food published_on=2020-05-31 rule_set=samr-2021 as_of=2020-09-01',
        '2020-05-31', '2023-05-31', 'published', 'samr-2021-penalty-general-food', 'longest'),
    ('the draft named for a correction before its day', 'doc/publication.md',
        'kind=inspection code=stop_ordered published_on=2022-08-10 rectified_on=2022-08-31 rule_set=samr-2023-draft as_of=2022-09-01',
        '2022-08-10', '2023-02-28', 'published', 'samr-2023-draft-stop-ordered', 'longest'),
    ('named, the book that holds anyway', 'doc/publication.md',
        'kind=serious_list decided_on=2024-02-29 published_on=2024-03-04 rule_set=samr-2021 as_of=2024-04-01',
        '2024-03-04', '2027-02-28', 'published', 'samr-2021-serious-list', 'longest'),
    ('a named book that says nothing of the kind', 'doc/publication.md',
        'kind=abnormal_list decided_on=2026-07-08 published_on=2026-07-08 rule_set=ndrc-2026 as_of=2026-08-01',
        '2026-07-08', NULL, 'published', NULL, 'no_rule'),
    ('a named book that says nothing of the severity', 'doc/publication.md',
        'kind=penalty severity=warning decided_on=2026-07-08 published_on=2026-07-10 rule_set=ndrc-2026 as_of=2026-08-01',
        '2026-07-10', NULL, 'published', NULL, 'no_rule');

--
-- An early end
--
INSERT INTO disclosure_case (name, source, facts, starts, ends, status, rule, reason) VALUES
    ('repaired on the earliest day: six months', '3号第六条',
        'kind=penalty severity=general published_on=2024-01-31 repaired_on=2024-07-31 as_of=2024-07-31',
        '2024-01-31', '2024-07-31', 'published', 'samr-2021-penalty-general', 'repaired'),
    ('and over on the day after', '3号第六条',
        'kind=penalty severity=general published_on=2024-01-31 repaired_on=2024-07-31 as_of=2024-08-01',
        '2024-01-31', '2024-07-31', 'ended', 'samr-2021-penalty-general', 'repaired'),
    ('repaired a day too early: it runs on', '3号第六条',
        'kind=penalty severity=general published_on=2024-01-31 repaired_on=2024-07-30 as_of=2024-08-01',
        '2024-01-31', '2027-01-31', 'published', 'samr-2021-penalty-general', 'repair_too_early'),
    ('six months from 31 August, at the end of February', '3号第六条',
        'kind=penalty severity=general published_on=2024-08-31 repaired_on=2025-02-28 as_of=2025-03-01',
        '2024-08-31', '2025-02-28', 'ended', 'samr-2021-penalty-general', 'repaired'),
    ('food: one year from 29 February', '3号第六条',
        'kind=penalty severity=general area=food published_on=2024-02-29 repaired_on=2025-02-28 as_of=2025-03-01',
        '2024-02-29', '2025-02-28', 'ended', 'samr-2021-penalty-general-food', 'repaired'),
    ('food: a day too early', '3号第六条',
        'kind=penalty severity=general area=food published_on=2024-02-29 repaired_on=2025-02-27 as_of=2025-03-01',
        '2024-02-29', '2027-02-28', 'published', 'samr-2021-penalty-general-food', 'repair_too_early'),
    ('drugs: six months are not enough', '3号第六条',
        'kind=penalty severity=general area=drug published_on=2024-01-31 repaired_on=2024-07-31 as_of=2024-08-01',
        '2024-01-31', '2027-01-31', 'published', 'samr-2021-penalty-general-drug', 'repair_too_early'),
    ('special equipment: one year', '3号第六条',
        'kind=penalty severity=general area=special_equipment published_on=2024-01-31 repaired_on=2025-01-31 as_of=2025-02-01',
        '2024-01-31', '2025-01-31', 'ended', 'samr-2021-penalty-general-special-equipment', 'repaired'),
    ('a low fine ends by itself', '3号第六条',
        'kind=penalty severity=minor published_on=2024-01-15 repaired_on=2024-03-01 as_of=2024-03-02',
        '2024-01-15', '2024-04-15', 'published', 'samr-2021-penalty-minor', 'not_repairable'),
    ('a serious penalty cannot be repaired', '45号令第十四条',
        'kind=penalty severity=serious published_on=2024-01-15 repaired_on=2026-03-01 as_of=2026-03-02',
        '2024-01-15', '2027-01-15', 'published', 'samr-2021-penalty-serious', 'not_repairable'),
    ('a decision on the day before the end', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-31 repaired_on=2027-01-30 as_of=2027-01-31',
        '2024-01-31', '2027-01-30', 'ended', 'samr-2021-penalty-general', 'repaired'),
    ('a decision on the day of the end', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-31 repaired_on=2027-01-31 as_of=2027-01-31',
        '2024-01-31', '2027-01-31', 'published', 'samr-2021-penalty-general', 'longest'),
    ('a decision after the end', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-31 repaired_on=2027-06-01 as_of=2027-06-02',
        '2024-01-31', '2027-01-31', 'ended', 'samr-2021-penalty-general', 'longest'),
    ('a decision after the end of what cannot be repaired', 'doc/publication.md',
        'kind=penalty severity=minor published_on=2024-01-15 repaired_on=2024-06-01 as_of=2024-06-02',
        '2024-01-15', '2024-04-15', 'ended', 'samr-2021-penalty-minor', 'longest'),
    ('a decision that is known for the future counts', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-31 repaired_on=2024-09-01 as_of=2024-03-01',
        '2024-01-31', '2024-09-01', 'published', 'samr-2021-penalty-general', 'repaired'),
    ('it ends the publication of a long ban', '3号第六条',
        'kind=penalty severity=general published_on=2024-01-31 penalty_ends=2029-06-30 repaired_on=2028-01-03 as_of=2028-01-04',
        '2024-01-31', '2028-01-03', 'ended', 'samr-2021-penalty-general', 'repaired'),
    ('and of one whose end is not known', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-31 penalty_ends=infinity repaired_on=2028-01-03 as_of=2028-01-04',
        '2024-01-31', '2028-01-03', 'ended', 'samr-2021-penalty-general', 'repaired'),
    ('but not too early', 'doc/publication.md',
        'kind=penalty severity=general published_on=2024-01-31 penalty_ends=infinity repaired_on=2024-07-30 as_of=2028-01-04',
        '2024-01-31', NULL, 'published', 'samr-2021-penalty-general', 'repair_too_early'),
    ('nor where nobody knows whether it is too early', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2024-01-31 penalty_ends=infinity repaired_on=2028-01-03 as_of=2028-01-04',
        NULL, NULL, 'due', 'samr-2021-penalty-general', 'repair_too_early'),
    ('nor where the rule allows none', 'doc/publication.md',
        'kind=penalty severity=serious published_on=2024-01-31 penalty_ends=infinity repaired_on=2028-01-03 as_of=2028-01-04',
        '2024-01-31', NULL, 'published', 'samr-2021-penalty-serious', 'not_repairable'),
    ('a ban that cannot be repaired runs to its end', '45号令第十四条',
        'kind=penalty severity=serious published_on=2024-01-31 penalty_ends=2029-06-30 repaired_on=2028-01-03 as_of=2028-01-04',
        '2024-01-31', '2029-06-30', 'published', 'samr-2021-penalty-serious', 'not_repairable'),
    ('a warning has nothing to repair', '45号令第二条',
        'kind=penalty severity=warning published_on=2024-01-31 repaired_on=2024-09-01 as_of=2024-10-01',
        NULL, NULL, 'withheld', 'samr-2021-penalty-warning', 'never_public'),
    ('where no rule fits, no decision ends it', 'doc/publication.md',
        'kind=penalty severity=general published_on=2021-01-31 repaired_on=2021-09-01 as_of=2024-10-01',
        '2021-01-31', NULL, 'published', NULL, 'no_rule'),
    ('what has not begun to run cannot have run long enough', 'doc/publication.md',
        'kind=penalty severity=general decided_on=2024-01-10 repaired_on=2024-09-01 as_of=2024-10-01',
        NULL, NULL, 'due', 'samr-2021-penalty-general', 'repair_too_early'),
    ('nor where the penalty cannot be repaired', 'doc/publication.md',
        'kind=penalty severity=serious decided_on=2024-01-10 repaired_on=2024-09-01 as_of=2024-10-01',
        NULL, NULL, 'due', 'samr-2021-penalty-serious', 'not_repairable'),
    ('where there is no shortest period, the decision on the penalty need not be known', 'doc/publication.md',
        'kind=penalty severity=minor rectified_on=2026-04-25 repaired_on=2026-05-06 as_of=2026-05-06',
        NULL, '2026-05-06', 'due', 'ndrc-2026-penalty-minor', 'repaired'),
    ('the serious list: after one year', '3号第七条',
        'kind=serious_list decided_on=2024-03-31 published_on=2024-04-02 repaired_on=2025-03-31 as_of=2025-04-01',
        '2024-04-02', '2025-03-31', 'ended', 'samr-2021-serious-list', 'repaired'),
    ('the serious list: a day too early', '3号第七条',
        'kind=serious_list decided_on=2024-03-31 published_on=2024-04-02 repaired_on=2025-03-30 as_of=2025-04-01',
        '2024-04-02', '2027-03-31', 'published', 'samr-2021-serious-list', 'repair_too_early'),
    ('three months from the decision', '国办发〔2025〕22号:一般',
        'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 rectified_on=2026-06-01 repaired_on=2026-07-30 as_of=2026-08-01',
        '2026-05-08', '2026-07-30', 'ended', 'ndrc-2026-penalty-general', 'repaired'),
    ('less than three months from the decision', '国办发〔2025〕22号:一般',
        'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 rectified_on=2026-06-01 repaired_on=2026-07-29 as_of=2026-08-01',
        '2026-05-08', '2027-04-30', 'published', 'ndrc-2026-penalty-general', 'repair_too_early'),
    ('serious: one year from the decision', '国办发〔2025〕22号:严重',
        'kind=penalty severity=serious decided_on=2026-05-31 published_on=2026-06-09 rectified_on=2026-07-01 repaired_on=2027-05-31 as_of=2027-06-01',
        '2026-06-09', '2027-05-31', 'ended', 'ndrc-2026-penalty-serious', 'repaired'),
    ('serious: less than one year from the decision', '国办发〔2025〕22号:严重',
        'kind=penalty severity=serious decided_on=2026-05-31 published_on=2026-06-09 rectified_on=2026-07-01 repaired_on=2027-05-30 as_of=2027-06-01',
        '2026-06-09', '2029-05-31', 'published', 'ndrc-2026-penalty-serious', 'repair_too_early'),
    ('minor: at any time', '国办发〔2025〕22号:轻微',
        'kind=penalty severity=minor decided_on=2026-04-10 published_on=2026-04-20 rectified_on=2026-04-25 repaired_on=2026-04-26 as_of=2026-05-01',
        '2026-04-20', '2026-04-26', 'ended', 'ndrc-2026-penalty-minor', 'repaired'),
    ('under the new book, not while it is uncorrected', '36号令',
        'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 repaired_on=2026-09-01 as_of=2026-10-01',
        '2026-05-08', NULL, 'published', 'ndrc-2026-penalty-general', 'repair_too_early'),
    ('nor before the day of the correction', '36号令',
        'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 rectified_on=2026-09-02 repaired_on=2026-09-01 as_of=2026-10-01',
        '2026-05-08', '2027-04-30', 'published', 'ndrc-2026-penalty-general', 'repair_too_early'),
    ('but on that day', '36号令',
        'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 rectified_on=2026-09-01 repaired_on=2026-09-01 as_of=2026-10-01',
        '2026-05-08', '2026-09-01', 'ended', 'ndrc-2026-penalty-general', 'repaired'),
    ('what was corrected late ends by that, and not before', '36号令',
        'kind=penalty severity=minor decided_on=2026-04-10 published_on=2026-04-20 rectified_on=2026-09-25 repaired_on=2026-09-24 as_of=2026-10-01',
        '2026-04-20', '2026-09-25', 'ended', 'ndrc-2026-penalty-minor', 'repair_too_early'),
    ('on that day it ends by the correction', '36号令',
        'kind=penalty severity=minor decided_on=2026-04-10 published_on=2026-04-20 rectified_on=2026-09-25 repaired_on=2026-09-25 as_of=2026-10-01',
        '2026-04-20', '2026-09-25', 'ended', 'ndrc-2026-penalty-minor', 'corrected'),
    ('the draft knows no early end', '征求意见稿',
        'kind=inspection code=correction_ordered published_on=2024-01-20 rectified_on=2024-02-05 repaired_on=2024-05-05 rule_set=samr-2023-draft as_of=2024-06-01',
        '2024-01-20', '2024-08-05', 'published', 'samr-2023-draft-correction-ordered', 'not_repairable'),
    ('the draft knows no early end with a penalty either', '征求意见稿',
        'kind=inspection code=correction_ordered published_on=2024-01-20 penalty_ends=2027-01-15 repaired_on=2025-05-05 rule_set=samr-2023-draft as_of=2025-06-01',
        '2024-01-20', '2027-01-15', 'published', 'samr-2023-draft-with-penalty', 'not_repairable'),
    ('nor of what is not corrected', '征求意见稿',
        'kind=inspection code=correction_ordered published_on=2024-01-20 repaired_on=2024-05-05 rule_set=samr-2023-draft as_of=2024-06-01',
        '2024-01-20', NULL, 'published', 'samr-2023-draft-correction-ordered', 'not_repairable');

-- every rule that ships, and every reason, has a case (no rows)
SELECT rule FROM fairdraw_data.disclosure_rule EXCEPT SELECT rule FROM disclosure_case;
SELECT unnest('{privacy,commercial_secret,state_secret,national_security,public_interest,no_rule,never_public,uncorrected,listed,penalty_open,no_clock,longest,penalty,corrected,repaired,not_repairable,repair_too_early}'::text[])
EXCEPT SELECT reason FROM disclosure_case;

-- the answers are these: how many cases, and those that differ (no rows)
CREATE TEMP TABLE answer AS SELECT n, t.* FROM disclosure_case c, pg_temp.term(c.facts) t;
SELECT count(*) FROM answer;
SELECT name, facts, 'expected', c.starts, c.ends, c.status, c.rule, c.reason, 'is', a.starts, a.ends, a.status, a.rule, a.reason
FROM disclosure_case c JOIN answer a USING (n)
WHERE (a.starts, a.ends, a.status, a.rule, a.reason) IS DISTINCT FROM (c.starts, c.ends, c.status, c.rule, c.reason) ORDER BY n;

--
-- disclosure_expiry() says the same of many records, in the order of the query
--
CREATE TEMP TABLE fact (kind text, code fairdraw.result_code, severity text, area text, decided_on date, published_on date, found_on date,
    rectified_on date, penalty_ends date, withheld text, rule_set text, as_of date, repaired_on date);
CREATE TEMP TABLE record AS
SELECT n, f.* FROM disclosure_case,
    LATERAL (SELECT jsonb_object_agg(split_part(f, '=', 1), split_part(f, '=', 2)) AS facts FROM string_to_table(facts, ' ') f) j,
    jsonb_populate_record(NULL::fact, j.facts) f;
-- one call for each set and day that the cases name (no rows)
CREATE TEMP TABLE expiry AS
SELECT e.record::integer AS n, e.starts, e.ends, e.status, e.rule, e.reason FROM (SELECT DISTINCT rule_set, as_of FROM record) g,
    fairdraw.disclosure_expiry(format('SELECT n::text AS record, kind, code, severity, area, decided_on, published_on, found_on, rectified_on, penalty_ends, withheld, repaired_on
        FROM record WHERE rule_set IS NOT DISTINCT FROM %L AND as_of = %L', rule_set, as_of), rule_set, as_of) e;
(TABLE answer EXCEPT ALL TABLE expiry) UNION ALL (TABLE expiry EXCEPT ALL TABLE answer);
-- rows come in the order of the query, also those that are there twice
SELECT * FROM fairdraw.disclosure_expiry($$SELECT * FROM (VALUES ('z', 'penalty', 'general', date '2024-01-31'), ('a', 'penalty', 'minor', '2024-01-31'), ('m', 'serious_list', NULL, NULL), ('a', 'penalty', 'minor', '2024-01-31'))
    r (record, kind, severity, published_on)$$, as_of => '2024-03-01');
-- facts without a column are not known; other columns mean nothing
SELECT * FROM fairdraw.disclosure_expiry($$SELECT 'only a kind' AS record, 'penalty' AS kind, date '2024-01-31' AS published$$, as_of => '2024-03-01');
SELECT * FROM fairdraw.disclosure_expiry($$SELECT 'nobody' AS record, 'penalty' AS kind WHERE false$$);

-- the day on which the status is looked at is today, if none is given
SELECT (fairdraw.disclosure_term('penalty', severity => 'minor', published_on => current_date)).status,
       (fairdraw.disclosure_term('penalty', severity => 'minor', published_on => current_date + 1)).status;
SELECT record, status FROM fairdraw.disclosure_expiry($$SELECT d AS record, 'penalty' AS kind, 'minor' AS severity, current_date + d::integer AS published_on FROM unnest('{0,1}'::text[]) d$$);

--
-- An agency's own rule book: which of its rules decides
--
BEGIN;
INSERT INTO fairdraw_data.rule_set (rule_set, title, in_force, source, valid_from, valid_to) VALUES ('county', '某县公示规定', true, '某县', '2027-01-01', '2027-12-31');
INSERT INTO fairdraw_data.disclosure_rule (rule, rule_set, kind, code, severity, area, clock, longest, follows_penalty, basis, verified, valid_from, valid_to) VALUES
    ('any', 'county', 'inspection', NULL, NULL, NULL, 'found', '1 year', false, '第一条', true, '2027-01-01', NULL),
    ('area', 'county', 'inspection', NULL, NULL, 'food', 'found', '2 years', false, '第二条', true, '2027-01-01', NULL),
    ('severity', 'county', 'inspection', NULL, 'serious', NULL, 'found', '1 year 6 months', false, '第三条', true, '2027-01-01', NULL),
    ('code', 'county', 'inspection', 'refused', NULL, NULL, 'found', '45 days', false, '第四条', true, '2027-01-01', NULL),
    ('severity-area', 'county', 'inspection', NULL, 'serious', 'food', 'found', '1 month 1 day', false, '第五条', true, '2027-01-01', NULL),
    ('penalty', 'county', 'inspection', NULL, NULL, NULL, 'found', NULL, true, '第六条', true, '2027-01-01', NULL),
    ('spring', 'county', 'inspection', 'other', NULL, NULL, 'found', '6 months', false, '第七条', true, '2027-01-01', '2027-05-31'),
    ('early', 'county', 'inspection', 'no_activity', NULL, NULL, 'found', '1 month', false, '第八条', true, '2027-01-01', '2027-03-31'),
    ('late', 'county', 'inspection', 'no_activity', NULL, NULL, 'published', '2 months', false, '第八条', true, '2027-04-01', NULL),
    ('summer', 'county', 'inspection', 'other', NULL, NULL, 'found', '1 day', false, '第七条', false, '2027-06-01', '2027-08-31');
SELECT facts, rule, ends FROM (VALUES
    -- what is more special goes first: code before severity before area, and the penalty before all of them
    ('code=pending found_on=2027-03-01'),
    ('code=pending area=food found_on=2027-03-01'),
    ('code=pending severity=serious found_on=2027-03-01'),
    ('code=pending severity=serious area=food found_on=2027-03-01'),
    ('code=refused severity=serious area=food found_on=2027-03-01'),
    ('code=refused severity=serious area=food found_on=2027-03-01 penalty_ends=2027-10-01'),
    -- another value of a fact is no rule's
    ('code=pending severity=minor area=drug found_on=2027-03-01'),
    -- validity, first and last day with it: of the rule ...
    ('code=other found_on=2027-05-31'),
    ('code=other found_on=2027-06-01'),
    ('code=other found_on=2027-08-31'),
    ('code=other found_on=2027-09-01'),
    -- ... and of the set
    ('code=pending found_on=2026-12-31'),
    ('code=pending found_on=2027-01-01'),
    ('code=pending found_on=2027-12-31'),
    ('code=pending found_on=2028-01-01'),
    -- but not where the set is named; of its rules the one that fits in time, or else the latest
    ('code=pending found_on=2028-01-01 rule_set=county'),
    ('code=other found_on=2026-12-31 rule_set=county'),
    -- where both fit since they count from different dates, the later
    ('code=no_activity found_on=2027-03-20 published_on=2027-03-25'),
    ('code=no_activity found_on=2027-03-20 published_on=2027-04-10'),
    -- what was found is not known: the day on which it is looked at
    ('code=other as_of=2027-05-31'),
    ('code=other as_of=2027-06-01'),
    ('code=other as_of=2028-01-01'),
    ('code=other as_of=2028-01-01 rule_set=county')
) f (facts), pg_temp.term('kind=inspection ' || facts || CASE WHEN facts LIKE '%as_of%' THEN '' ELSE ' as_of=2027-06-15' END);
-- periods in words; a rule that nobody has verified says so
SELECT fairdraw.disclosure_reason(t) || E'\n' || fairdraw.disclosure_reason(t, 'en') FROM unnest(ARRAY['code=pending', 'code=pending severity=serious', 'code=refused', 'code=pending severity=serious area=food', 'code=other']) facts,
    pg_temp.term('kind=inspection found_on=2027-06-01 as_of=2027-06-15 ' || facts) t;
ROLLBACK;

--
-- Rules that change: whoever changes them sees it at once, also within one call
--
BEGIN;
CREATE FUNCTION pg_temp.after(change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text := '';
BEGIN
    FOR again IN 1..2 LOOP
        said := said || fairdraw.disclosure_term('penalty', severity => 'general', published_on => '2024-01-31', as_of => '2024-02-01')::text || ' ';
        IF again = 1 THEN
            EXECUTE change;
        END IF;
    END LOOP;
    RETURN said;
END
$$;
SELECT pg_temp.after(change) FROM unnest(ARRAY[
    $$UPDATE fairdraw_data.disclosure_rule SET longest = '2 years' WHERE rule = 'samr-2021-penalty-general'$$,
    $$UPDATE fairdraw_data.disclosure_rule SET rule = 'a new name' WHERE rule = 'samr-2021-penalty-general'$$,
    $$INSERT INTO fairdraw_data.disclosure_rule SELECT t.* FROM fairdraw_data.disclosure_rule r, jsonb_populate_record(r, '{"rule": "another", "kind": "inspection"}') t WHERE r.rule = 'samr-2021-penalty-serious'$$,
    $$UPDATE fairdraw_data.rule_set SET in_force = false WHERE rule_set = 'samr-2021'$$,
    $$UPDATE fairdraw_data.rule_set SET in_force = true WHERE rule_set = 'samr-2021'$$,
    $$DELETE FROM fairdraw_data.disclosure_rule WHERE severity = 'minor'$$,
    $$DELETE FROM fairdraw_data.disclosure_rule WHERE kind = 'penalty' AND rule_set = 'samr-2021'$$]) change;
ROLLBACK;
SELECT fairdraw.disclosure_term('penalty', severity => 'general', published_on => '2024-01-31', as_of => '2024-02-01');

--
-- Why, in a sentence: one record for each reason
--
CREATE TEMP TABLE sentence AS
SELECT DISTINCT ON (reason) name, facts, pg_temp.term(facts) AS term FROM disclosure_case ORDER BY reason, n;
SELECT facts || E'\n  ' || (term).status || ' ' || coalesce((term).ends::text, '-') || ' ' || (term).reason
    || E'\n  ' || fairdraw.disclosure_reason(term) || E'\n  ' || fairdraw.disclosure_reason(term, 'en')
FROM sentence ORDER BY (term).reason;
-- the date from which the period runs
SELECT fairdraw.disclosure_reason(t) || E'\n' || fairdraw.disclosure_reason(t, 'en') FROM unnest(ARRAY[
    'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 rectified_on=2026-06-01 as_of=2026-06-01',
    'kind=serious_list decided_on=2024-02-29 published_on=2024-03-04 as_of=2024-04-01',
    'kind=inspection code=stop_ordered published_on=2023-10-09 rectified_on=2023-10-31 rule_set=samr-2023-draft as_of=2023-11-01']) facts, pg_temp.term(facts) t;
-- the penalty of an inspection, and a penalty that lasts
SELECT fairdraw.disclosure_reason(t) || E'\n' || fairdraw.disclosure_reason(t, 'en') FROM unnest(ARRAY[
    'kind=inspection code=refused published_on=2024-01-20 penalty_ends=2027-02-15 rule_set=samr-2023-draft as_of=2025-01-01',
    'kind=inspection code=refused published_on=2024-01-20 penalty_ends=infinity rule_set=samr-2023-draft as_of=2025-01-01',
    'kind=penalty severity=serious published_on=2024-01-15 penalty_ends=2034-01-09 as_of=2030-01-01',
    'kind=penalty severity=serious published_on=2024-01-15 penalty_ends=infinity as_of=2030-01-01']) facts, pg_temp.term(facts) t;
-- of what is not published yet
SELECT fairdraw.disclosure_reason(t) || E'\n' || fairdraw.disclosure_reason(t, 'en') FROM unnest(ARRAY[
    'kind=inspection code=pending as_of=2024-01-01', 'kind=abnormal_list decided_on=2024-01-01 as_of=2024-01-01',
    'kind=abnormal_list decided_on=2024-01-01 rectified_on=2024-01-01 as_of=2024-01-01', 'kind=penalty severity=serious decided_on=2024-01-01 penalty_ends=infinity as_of=2024-01-01']) facts, pg_temp.term(facts) t;
-- a decision against the rule, where the end of the penalty is not known
SELECT fairdraw.disclosure_reason(t) || E'\n' || fairdraw.disclosure_reason(t, 'en') FROM unnest(ARRAY[
    'kind=penalty severity=serious published_on=2024-01-15 penalty_ends=infinity repaired_on=2025-01-15 as_of=2030-01-01',
    'kind=penalty severity=general published_on=2024-01-15 penalty_ends=infinity repaired_on=2024-03-15 as_of=2030-01-01']) facts, pg_temp.term(facts) t;
-- a decision before the entry, on a list that has no shortest period; one before the correction; one without it
SELECT fairdraw.disclosure_reason(t) || E'\n' || fairdraw.disclosure_reason(t, 'en') FROM unnest(ARRAY[
    'kind=abnormal_list decided_on=2024-07-08 rectified_on=2024-07-01 repaired_on=2024-07-07 as_of=2024-10-01',
    'kind=penalty severity=general decided_on=2026-04-30 published_on=2026-05-08 rectified_on=2026-09-02 repaired_on=2026-09-01 as_of=2026-10-01',
    'kind=penalty severity=minor decided_on=2026-04-30 published_on=2026-05-08 repaired_on=2026-09-01 as_of=2026-10-01']) facts, pg_temp.term(facts) t;
-- no sentence of any case has a gap (no rows)
SELECT facts, sentence FROM disclosure_case, pg_temp.term(facts) t, unnest('{zh,en}'::text[]) lang, fairdraw.disclosure_reason(t, lang) sentence WHERE sentence IS NULL OR sentence ~ '[?%]|\([ )]|  ';
-- Chinese is the default, and NULL has no reason
SELECT fairdraw.disclosure_reason(t) = fairdraw.disclosure_reason(t, 'zh'), fairdraw.disclosure_reason(NULL), fairdraw.disclosure_reason(t, NULL)
FROM pg_temp.term('kind=serious_list as_of=2024-04-01') t;

DROP SCHEMA fairdraw_data CASCADE;
