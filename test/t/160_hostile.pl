# What a drawer's settings and the owner's triggers cannot do.

use strict;
use warnings;

use FairdrawNode;
use Test::More;

my $node = FairdrawNode->start('hostile');

sub sql { return $node->safe_psql('postgres', $_[0]) }

my $open = q{SELECT fairdraw.open_ceremony('%s', ARRAY['b public 40 2999-01-01T00:00:00Z @@@@@@@@@@ beacon'], 'https://example.org', '2999-06-01')};

sql('CREATE EXTENSION fairdraw');
sql(q{SELECT fairdraw.setup('bureau'); CREATE TABLE unit AS SELECT 'u' || i AS uid FROM generate_series(1, 300) i});

my ($ret, $stdout, $stderr) = $node->psql('postgres',
	'SET client_min_messages = log; SET debug_print_plan = on; ' . sprintf $open, 'printed');
is($ret, 0, 'a ceremony can be opened while plans are printed');
is(scalar(() = $stderr =~ /PLANNEDSTMT/g), 1, 'only the plan of the call itself is printed, none that has the secret in it');

($ret, $stdout, $stderr) = $node->psql('postgres',
	q{BEGIN; CREATE TEMP TABLE work (x integer); SELECT fairdraw.abort_ceremony('printed', 'x'); COMMIT});
like($stderr, qr/cannot have used temporary tables/, 'a decision is not committed with temporary tables, which others can lock');
is(sql(q{SELECT state FROM fairdraw_data.ceremony_state WHERE ceremony = 'printed'}), 'open', 'and is not made then');

# an honest audit trigger, which tries something and goes on
sql(q{
	CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		BEGIN
			PERFORM 1 / 0;
		EXCEPTION WHEN OTHERS THEN
		END;
		BEGIN
			PERFORM fairdraw.plan_text('no such draw');
		EXCEPTION WHEN OTHERS THEN
		END;
		RETURN NEW;
	END $$;
	CREATE TRIGGER audit AFTER INSERT ON fairdraw_data.draw FOR EACH ROW EXECUTE FUNCTION audit();
});
like(sql(q{SELECT fairdraw.commit_draw('printed', 'audited', 'TABLE unit', '20')}), qr/^[0-9a-f]{64}$/,
	'errors that a trigger of the owner catches do not end the call');
my $guards = q{SELECT ok FROM fairdraw.verify_draw('audited') WHERE item = 'guards'};
is(sql($guards), 't', 'the guards are there');
($ret, $stdout, $stderr) = $node->psql('postgres', q{INSERT INTO fairdraw_data.disclosure VALUES ('printed')});
like($stderr, qr/by fairdraw only/, 'and let nobody append afterwards');

sql(q{
	DROP TRIGGER fairdraw_guard ON fairdraw_data.data_row;
	CREATE TRIGGER fairdraw_guard BEFORE INSERT ON fairdraw_data.data_row FOR EACH ROW WHEN (false) EXECUTE FUNCTION fairdraw.guard();
	ALTER TABLE fairdraw_data.data_row ENABLE ALWAYS TRIGGER fairdraw_guard;
});
is(sql($guards), 'f', 'a guard that was made harmless is noticed');
sql('SELECT fairdraw.setup()');
is(sql($guards), 't', 'and put right by setup()');

$node->stop;
done_testing();
