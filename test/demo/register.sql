-- The agency's own tables, invented but lifelike: 20 000 enterprises under eight
-- stations, and 120 inspectors.  The same on every machine: all follows from the
-- SHA-256 of a number, but for days, which follow from today.

-- the operators of risk_class are in schema fairdraw
DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, fairdraw', current_database()); END$$;
SET search_path = public, fairdraw;

-- GB 32100-2015: 31 characters, weights 3^i mod 31
CREATE FUNCTION uscc_check(code text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT substr(alphabet, 1 + ((31 - sum((strpos(alphabet, substr(code, i, 1)) - 1)
        * ('{1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28}'::int[])[i]) % 31) % 31)::int, 1)
    FROM generate_series(1, 17) i, (VALUES ('0123456789ABCDEFGHJKLMNPQRTUWXY')) a (alphabet)
    GROUP BY alphabet
$$;

-- GB 11714, positions 9 to 17 of it
CREATE FUNCTION organisation_check(code text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT substr('0123456789X', 1 + ((11 - sum((strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(code, i, 1)) - 1)
        * ('{3,7,9,10,5,8,4,2}'::int[])[i]) % 11) % 11)::int, 1)
    FROM generate_series(1, 8) i
$$;

-- register number -> 9 (market regulation), 1 (enterprise), an area code that no
-- place has, organisation code, check character
CREATE FUNCTION uscc(area text, number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT body || uscc_check(body)
    FROM (SELECT 'MA' || string_agg(substr('0123456789ABCDEFGHJKLMNPQRTUWXY', 1 + (number / (31::bigint ^ i)::bigint % 31)::int, 1), '' ORDER BY i)
          FROM generate_series(0, 5) i) o (organisation),
        LATERAL (SELECT '91' || area || organisation || organisation_check(organisation)) b (body)
$$;

-- codes of known enterprises come out right
DO $$
DECLARE
    code text;
BEGIN
    FOREACH code IN ARRAY '{91110108551385082Q,914403001922038216,91110000101623741K,911101066976941872}'::text[] LOOP
        ASSERT uscc_check(code) = substr(code, 18) AND organisation_check(substr(code, 9)) = substr(code, 17, 1), code;
    END LOOP;
END
$$;

CREATE TABLE enterprise (
    uscc text PRIMARY KEY,
    name text NOT NULL,
    station text NOT NULL,
    industry text NOT NULL,
    risk fairdraw.risk_class NOT NULL,
    status text NOT NULL
);
COMMENT ON TABLE enterprise IS 'the agency''s register of enterprises (检查对象名录库)';

-- risk classes as published in Dandong in May 2023: A 31107, B 12044, C 3682, D 721
WITH numbered AS (
    SELECT n, h, row_number() OVER (ORDER BY h[2], n) * 47554.0 / 20000 AS place
    FROM generate_series(1, 20000) n,
        LATERAL (SELECT array_agg(('x' || substr(encode(sha256(n::text::bytea), 'hex'), 8 * k + 1, 8))::bit(32)::bigint ORDER BY k)
                 FROM generate_series(0, 4) k) d (h)
)
INSERT INTO enterprise
SELECT uscc('21990' || s, h[1] % (31::bigint ^ 6)::bigint), '示例' || i.industry || n || '号',
    ('{城关所,新城所,江东所,江西所,北山所,南湖所,港口所,开发区所}'::text[])[s], i.industry,
    CASE WHEN place <= 31107 THEN 'A' WHEN place <= 43151 THEN 'B' WHEN place <= 46833 THEN 'C' ELSE 'D' END,
    CASE WHEN h[4] % 1000 < 8 THEN '注销' WHEN h[4] % 1000 < 12 THEN '迁出' WHEN h[4] % 1000 < 14 THEN '吊销' ELSE '存续' END
FROM numbered,
    -- the stations are of different size
    LATERAL (SELECT 1 + (sqrt((h[5] % 10000) / 10000.0) * 8)::int % 8) p (s),
    LATERAL (SELECT CASE WHEN h[3] % 1000 < 3 THEN '气瓶充装' WHEN h[3] % 1000 < 6 THEN '危险化学品'
                    ELSE ('{餐饮,食品销售,药品零售,百货零售,机械制造,建材,物流,家政服务}'::text[])[1 + (h[3] / 1000) % 8] END) i (industry);

CREATE TABLE inspector (
    inspector text PRIMARY KEY,
    name text NOT NULL,
    station text,
    tags text,
    lead boolean NOT NULL,
    exclusion_group text,
    licence_from date NOT NULL,
    licence_to date NOT NULL,
    max_load integer NOT NULL
);
COMMENT ON TABLE inspector IS 'the agency''s inspectors (执法检查人员名录库); station: none for those of the bureau itself; tags: qualifications';

-- A third of them at the bureau, ten at each station; every second of the bureau
-- may inspect special equipment; two are married.  Licences end after today, but one.
INSERT INTO inspector
SELECT 'ZF' || to_char(n, 'FM0000'), '检查员' || n,
    CASE WHEN n % 3 > 0 THEN ('{城关所,新城所,江东所,江西所,北山所,南湖所,港口所,开发区所}'::text[])[1 + n % 8] END,
    CASE WHEN n % 6 = 0 THEN '特种设备' END, n % 5 IN (0, 3), CASE WHEN n IN (9, 27) THEN '夫妻' END,
    current_date - 1000 + n, current_date + CASE WHEN n = 12 THEN -20 ELSE 60 + n END, 25
FROM generate_series(1, 120) n;

CREATE TABLE recusal (
    uid text NOT NULL,
    inspector text,
    exclusion_group text,
    reason text NOT NULL
);
COMMENT ON TABLE recusal IS 'who must not go where (回避): an inspector, or all of an exclusion group';

-- every fortieth enterprise has a relative among the inspectors; the couple has shares in a trade
INSERT INTO recusal
SELECT uscc, 'ZF' || to_char(1 + n / 40 % 120, 'FM0000'), NULL, '近亲属'
FROM (SELECT uscc, row_number() OVER (ORDER BY uscc COLLATE "C") FROM enterprise) e (uscc, n) WHERE n % 40 = 0
UNION ALL SELECT uscc, NULL, '夫妻', '持有股份' FROM enterprise WHERE industry = '物流';

-- What is handed to fairdraw.  Strata are places, not risk classes, which stay
-- internal; the special key area (特殊重点领域) is a stratum of which all are taken.
-- Weights 1 : 2 : 10 : 30, the ratios of a real rule (1 %, 2 %, 10 %, 30 %).
CREATE VIEW sampling_frame AS
SELECT uscc AS uid,
    CASE WHEN industry IN ('气瓶充装', '危险化学品') THEN '特殊重点领域' ELSE station END AS stratum,
    CASE risk WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 10 ELSE 30 END AS weight
FROM enterprise
WHERE status = '存续';

CREATE VIEW not_drawn AS
SELECT uscc AS uid, '已' || status AS reason FROM enterprise WHERE status <> '存续';

-- at least 3 % of each station (the order of 2025 asks for 3 %), three in reserve
CREATE VIEW sizes AS
SELECT jsonb_object_agg(stratum, size) AS sizes
FROM (SELECT stratum, CASE WHEN stratum = '特殊重点领域' THEN jsonb_build_object('n', count(*))
          ELSE jsonb_build_object('n', ceil(0.03 * count(*)), 'reserve', 3) END
      FROM sampling_frame GROUP BY stratum) s (stratum, size);

-- Who may go: two from the bureau or the unit's station; where the key area is
-- concerned, those of the bureau who are qualified.
CREATE VIEW visit_rule (stratum, need, scope, day, tags) AS
VALUES (NULL, 2, 'bureau+station', current_date + 21, NULL), ('特殊重点领域', NULL, 'bureau', NULL, '特种设备');
