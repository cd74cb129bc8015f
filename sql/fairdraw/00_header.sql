-- fairdraw: draws of public power that anyone can check.
\echo Use "CREATE EXTENSION fairdraw" to load this file. \quit

-- Texts are hashed as UTF-8; only in these encodings can every text that the
-- protocol admits be stored and given back unchanged.
DO $$
BEGIN
    IF pg_catalog.getdatabaseencoding() OPERATOR(pg_catalog.<>) ALL ('{UTF8,EUC_CN,SQL_ASCII}'::pg_catalog.name[]) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'feature_not_supported',
            MESSAGE = pg_catalog.format('fairdraw does not support the database encoding %s', pg_catalog.getdatabaseencoding()),
            HINT = 'Install it in a database whose encoding is UTF8 (recommended), EUC_CN or SQL_ASCII.';
    END IF;
    -- whoever owns the schema can put other functions in the place of these
    IF (SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) 'fairdraw')
        OPERATOR(pg_catalog.<>) (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) current_user) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'duplicate_schema',
            MESSAGE = 'there is a schema fairdraw that belongs to somebody else',
            HINT = 'Rename or drop it, then create the extension again.';
    END IF;
END
$$;
