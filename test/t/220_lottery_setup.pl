# Records of the first step, from before there were lotteries: setup() takes the
# steps that are missing, and everything and everybody goes on.
use strict;
use warnings;

use FairdrawNode;
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = PostgreSQL::Test::Utils::tempdir;
my $node = FairdrawNode->start('lottery_setup', '--auth=trust');

sub sql { my ($db, $sql) = @_; return $node->safe_psql($db, $sql) }
sub as { my ($role, $sql) = @_; return sql('older', "SET ROLE $role; $sql") }

sub fails
{
	my ($name, $sql, $message) = @_;
	my ($ret, $stdout, $stderr) = $node->psql('older', $sql, on_error_stop => 1);
	like($stderr, $message, $name);
}

my $open = q{SELECT fairdraw.open_ceremony('%1$s', ARRAY['b public 40 2020-01-01T00:00:00Z @@@@@@@@@@ beacon'], 'x', '2020-06-01', rehearsal => true)};
my $execute = q{SELECT fairdraw.execute_ceremony('%1$s', '{"b": "0123456789"}')};
my @new_tables = qw(lottery lottery_draw lottery_outcome lottery_result team);
# of the third step
my @rule_tables = qw(calendar_year calendar_day deadline_rule rule_set disclosure_rule repair_rule list_cause result_code_map list_entry list_removal);
# of the fourth
my @coverage_tables = qw(indicator indicator_target coverage_snapshot coverage_base coverage_figure);

# an agency with all duties given, in a database of its own
sub agency
{
	my ($db) = @_;
	sql('postgres', "CREATE DATABASE $db");
	sql($db, qq{
		CREATE EXTENSION fairdraw;
		GRANT CREATE ON DATABASE $db TO records_owner;
		SET ROLE records_owner;
		SELECT fairdraw.setup('某局');
		SELECT fairdraw.grant_duty('drawer', 'clerk');
		SELECT fairdraw.grant_duty('auditor', 'checker')});
}

sql('postgres', "CREATE ROLE $_") for qw(records_owner clerk checker former stranger);
agency('fresh');
agency('older');
sql('older', "SET ROLE records_owner; SELECT fairdraw.grant_duty('drawer', 'former')");

# two ceremonies of then: one executed, one still open
sql('older', 'CREATE TABLE unit AS SELECT i AS uid FROM generate_series(1, 30) i; GRANT SELECT ON unit TO clerk');
as('clerk', sprintf $open, $_) for 'executed', 'open';
as('clerk', "SELECT fairdraw.commit_draw('$_', '$_/draw', 'TABLE unit', '{\"all\": {\"n\": 4, \"reserve\": 1}}')") for 'executed', 'open';
as('clerk', q{SELECT fairdraw.seal_ceremony('executed')});
as('clerk', sprintf $execute, 'executed');
my $bundle = as('checker', q{SELECT fairdraw.export_draw('executed/draw', 'auditor')});
sql('older', "SET ROLE records_owner; SELECT fairdraw.revoke_duty('drawer', 'former')");

# back to the first step, as only a superuser can
my $drop = join "\n", map { "DROP TABLE fairdraw_data.$_;" } reverse @new_tables, @rule_tables, @coverage_tables;
sql('older', qq{
	DROP VIEW fairdraw_data.list_state, fairdraw_data.coverage_latest, fairdraw_data.coverage_history;
	DROP FUNCTION fairdraw_data.publisher();
	$drop
	REVOKE ALL ON SCHEMA fairdraw_data FROM PUBLIC;
	REVOKE ALL ON fairdraw_data.step FROM PUBLIC;
	ALTER TABLE fairdraw_data.step DISABLE TRIGGER fairdraw_guard;
	DELETE FROM fairdraw_data.step WHERE step >= 2;
	ALTER TABLE fairdraw_data.step ENABLE ALWAYS TRIGGER fairdraw_guard});

fails("before setup() $_ is refused", "SET ROLE clerk; SELECT fairdraw.$_",
	qr/the records of fairdraw are of an older version\nHINT:  Call SELECT fairdraw\.setup\(\)/)
  for q{commit_lottery('open', 'l', ARRAY['open/draw'], 'staff', NULL, NULL)}, q{execute_lottery('l')}, q{teams('l')}, q{verify_lottery('l')},
	q{seal_ceremony('open')}, q{ceremony_text('open')}, q{verify_draw('executed/draw')};
fails('setup() is for the owner', 'SET ROLE clerk; SELECT fairdraw.setup()', qr/schema fairdraw_data belongs to role records_owner/);

sql('older', 'SET ROLE records_owner; SELECT fairdraw.setup()');
is(sql('older', 'SELECT string_agg(step::text, \' \' ORDER BY step) FROM fairdraw_data.step'), '1 2 3 4', 'setup() takes the second step, and those after it');
is(sql('older', 'SELECT name FROM fairdraw_data.agency'), '某局', 'and leaves the name of the agency');

# tables, constraints, guards, policies and privileges
for my $db ('fresh', 'older')
{
	$node->command_ok([ 'pg_dump', '--schema-only', '--schema=fairdraw_data', "--file=$folder/$db", $node->connstr($db) ], "the records of $db are dumped");
}
# newer versions of pg_dump write a random key; whoever was granted something first stands first
my ($fresh, $older) = map { slurp_file("$folder/$_") =~ s/^\\(un)?restrict .*$//mgr =~ s/((?:^GRANT .*\n)+)/join '', sort split m{^}m, $1/megr } 'fresh', 'older';
is($older, $fresh, 'then the records are made as new ones are');
like($fresh, qr/CREATE TABLE fairdraw_data\.$_ /, "with the table $_") for @new_tables;

# what was there
is(as('checker', q{SELECT fairdraw.export_draw('executed/draw', 'auditor')}), $bundle, 'the bundle of a draw from before has the same bytes');
is(as('clerk', q{SELECT count(*) FROM fairdraw.verify_draw('executed/draw') WHERE ok IS FALSE}), 0, 'verify_draw() finds no difference in it');
unlike(as('clerk', q{SELECT fairdraw.ceremony_text('executed')}), qr/^lottery: /m, 'its ceremony has no lottery');

# who could do and read things can
is(as($_, join ' UNION ALL ', map { "SELECT count(*) FROM fairdraw_data.$_" } @new_tables), "0\n0\n0\n0\n0", "the $_ reads the new tables") for 'clerk', 'checker';
fails("the $_ does not", "SET ROLE $_; SELECT * FROM fairdraw_data.lottery", qr/permission denied/) for 'former', 'stranger';

as('clerk', q{
	SELECT fairdraw.commit_data('open', 'staff', 'SELECT i AS inspector FROM generate_series(1, 9) i');
	SELECT fairdraw.commit_lottery('open', 'teams', ARRAY['open/draw', 'executed/draw'], 'staff', NULL, NULL);
	SELECT fairdraw.seal_ceremony('open')});
as('clerk', sprintf $execute, 'open');
as('clerk', q{SELECT fairdraw.execute_lottery('teams')});
is(as('clerk', q{SELECT count(*) FROM fairdraw.teams('teams') WHERE role = 'team'}), 16,
	'a lottery over a draw from before, in a ceremony that was open then, has its teams');
is(as('checker', q{SELECT bool_and(ok) FROM fairdraw.verify_lottery('teams')}), 't', 'and is verified');
is(as($_, 'SELECT count(*) > 0 FROM fairdraw_data.team'), 't', "the $_ sees who goes where") for 'clerk', 'checker';
fails('nobody changes it', q{UPDATE fairdraw_data.team SET inspector = '1'}, qr/records in "team" cannot be changed or removed/);

sql('older', "SET ROLE records_owner; SELECT fairdraw.revoke_duty('drawer', 'clerk')");
fails('without the duty nothing of it is to be seen', 'SET ROLE clerk; SELECT * FROM fairdraw_data.team', qr/permission denied/);

my $before = sql('older', 'SELECT array_agg(oid ORDER BY oid) FROM pg_class WHERE relnamespace = \'fairdraw_data\'::regnamespace');
sql('older', 'SET ROLE records_owner; SELECT fairdraw.setup()');
is(sql('older', 'SELECT array_agg(oid ORDER BY oid) FROM pg_class WHERE relnamespace = \'fairdraw_data\'::regnamespace'), $before, 'called again setup() has nothing to do');

$node->stop;
done_testing();
