# Records of the second step, from before there were a calendar, rules on
# deadlines and publication, and lists: setup() takes the third step, and
# everything and everybody goes on.
use strict;
use warnings;

use FairdrawNode;
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = PostgreSQL::Test::Utils::tempdir;
my $node = FairdrawNode->start('rules_setup', '--auth=trust');

sub sql { my ($db, $sql) = @_; return $node->safe_psql($db, $sql) }
sub as { my ($role, $sql) = @_; return sql('older', "SET ROLE $role; $sql") }

sub fails
{
	my ($name, $sql, $message) = @_;
	my ($ret, $stdout, $stderr) = $node->psql('older', $sql, on_error_stop => 1);
	like($stderr, $message, $name);
}

my @rule_tables = qw(calendar_year calendar_day deadline_rule rule_set disclosure_rule repair_rule list_cause result_code_map);
my @list_tables = qw(list_entry list_removal);
# of the fourth step
my @coverage_tables = qw(indicator indicator_target coverage_snapshot coverage_base coverage_figure);

# an agency with its duties given, in a database of its own
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

sql('postgres', "CREATE ROLE $_") for qw(records_owner clerk checker publisher stranger);
agency('fresh');
agency('older');
as('clerk', q{SELECT fairdraw.open_ceremony('then', ARRAY['b public 40 2020-01-01T00:00:00Z @@@@@@@@@@ beacon'], 'x', '2020-06-01', rehearsal => true)});
as('clerk', q{SELECT fairdraw.commit_draw('then', 'draw', 'SELECT i AS uid FROM generate_series(1, 30) i', '4')});

# back to the second step, as only a superuser can
my $drop = join "\n", map { "DROP TABLE fairdraw_data.$_;" } reverse @rule_tables, @list_tables, @coverage_tables;
sql('older', qq{
	DROP VIEW fairdraw_data.list_state, fairdraw_data.coverage_latest, fairdraw_data.coverage_history;
	DROP FUNCTION fairdraw_data.publisher();
	$drop
	REVOKE ALL ON SCHEMA fairdraw_data FROM PUBLIC;
	REVOKE ALL ON fairdraw_data.step FROM PUBLIC;
	ALTER TABLE fairdraw_data.step DISABLE TRIGGER fairdraw_guard;
	DELETE FROM fairdraw_data.step WHERE step >= 3;
	ALTER TABLE fairdraw_data.step ENABLE ALWAYS TRIGGER fairdraw_guard});

my $too_old = qr/the records of fairdraw are of an older version\nHINT:  Call SELECT fairdraw\.setup\(\)/;
for my $role ('clerk', 'stranger')
{
	fails("before setup() $_ is refused to the $role", "SET ROLE $role; SELECT fairdraw.$_", $too_old)
	  for q{is_workday('2026-05-06')}, q{add_workdays('2026-05-06', 1)}, q{deadline('result_entry', '2026-05-06')}, q{overdue('SELECT 1 AS record, ''result_entry'' AS event, current_date AS check_ended')},
		q{disclosure_term('penalty')}, q{result_code_from('national-2019', '1')}, q{load_calendar(2027, 'SELECT date ''2027-01-01'' AS day, ''off'' AS kind', 'x')};
}
fails("so is $_", "SET ROLE clerk; SELECT fairdraw.$_", $too_old) for q{seal_ceremony('then')}, q{ceremony_text('then')};
fails("and $_ to the owner", "SET ROLE records_owner; SELECT fairdraw.$_", $too_old) for q{grant_duty('publisher', 'publisher')}, q{grant_duty('drawer', 'stranger')};

# a session that was there before
my $session = $node->background_psql('older', on_error_stop => 0);
my ($answer, $failed) = $session->query(q{SELECT fairdraw.is_workday('2026-05-06')});
ok($failed, 'an open session has no calendar');
$session->{stderr} = '';
sql('older', 'SET ROLE records_owner; SELECT fairdraw.setup()');
is(sql('older', q{SELECT string_agg(step::text, ' ' ORDER BY step), (SELECT name FROM fairdraw_data.agency) FROM fairdraw_data.step}), '1 2 3 4|某局', 'setup() takes the third step and the fourth, and leaves the name of the agency');
is($session->query_safe(q{SELECT fairdraw.is_workday('2026-05-06'), fairdraw.deadline('result_entry', '2026-09-15')}), 't|2026-10-19', 'then the open session has a calendar and rules');

# tables, constraints, triggers and privileges
for my $db ('fresh', 'older')
{
	$node->command_ok([ 'pg_dump', '--schema-only', '--schema=fairdraw_data', "--file=$folder/$db", $node->connstr($db) ], "the records of $db are dumped");
}
# newer versions of pg_dump write a random key; whoever was granted something first stands first
my ($fresh, $older) = map { slurp_file("$folder/$_") =~ s/^\\(un)?restrict .*$//mgr =~ s/((?:^GRANT .*\n)+)/join '', sort split m{^}m, $1/megr } 'fresh', 'older';
is($older, $fresh, 'the records are made as new ones are');
like($fresh, qr/CREATE TABLE fairdraw_data\.$_ /, "with the table $_") for @rule_tables, @list_tables;
is(sql('older', "SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM fairdraw_data.$_ t"), sql('fresh', "SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM fairdraw_data.$_ t"), "$_ has the rows that are shipped")
  for grep { $_ ne 'calendar_year' } @rule_tables;
is(sql('older', 'SELECT string_agg(year::text, \' \' ORDER BY year) FROM fairdraw_data.calendar_year'), '2019 2020 2021 2022 2023 2024 2025 2026', 'and eight years are loaded');

# who reads and changes what
for my $role ('clerk', 'checker', 'stranger')
{
	is(as($role, join ' UNION ALL ', map { "SELECT count(*) > 0 FROM fairdraw_data.$_" } @rule_tables), join("\n", ('t') x @rule_tables), "the $role reads the rules");
	is(as($role, q{SELECT fairdraw.add_workdays('2026-09-15', 20), fairdraw.result_code_from('national-2019', '1')}), '2026-10-19|no_problem', "and the $role uses them");
	fails("but the $role does not change $_", "SET ROLE $role; DELETE FROM fairdraw_data.$_", qr/permission denied for table $_/) for @rule_tables;
}
is(as($_, 'SELECT count(*) FROM fairdraw_data.list_entry UNION ALL SELECT count(*) FROM fairdraw_data.list_removal UNION ALL SELECT count(*) FROM fairdraw_data.list_state'), "0\n0\n0", "the $_ reads the lists") for 'clerk', 'checker';
fails("the stranger does not read $_", "SET ROLE stranger; TABLE fairdraw_data.$_", qr/permission denied/) for @list_tables, 'list_state', 'draw';
as('records_owner', q{INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-06', 'off')});
is($session->query_safe(q{SELECT fairdraw.is_workday('2026-05-06')}), 'f', 'their owner changes them, and the open session sees it');
$session->quit;
as('records_owner', q{SELECT fairdraw.grant_duty('publisher', 'publisher')});
is(as('publisher', q{SELECT fairdraw.enter_list('F-1', 'abnormal_list', 'unreachable', '2026-05-07', '列入决定1号')}), '1', 'now there is a duty publisher, who keeps the lists');
fails('nobody else does', "SET ROLE clerk; SELECT fairdraw.enter_list('F-2', 'abnormal_list', 'unreachable', '2026-05-07', 'x')", qr/role "clerk" does not have the duty publisher/);
fails('and nobody changes them', 'DELETE FROM fairdraw_data.list_entry', qr/records in "list_entry" cannot be changed or removed/);

# what was there
as('clerk', q{SELECT fairdraw.seal_ceremony('then'); SELECT fairdraw.execute_ceremony('then', '{"b": "0123456789"}')});
is(as('checker', q{SELECT bool_and(ok) FROM fairdraw.verify_draw('draw') WHERE ok IS NOT NULL}), 't', 'a ceremony from before goes on');

my $objects = q{SELECT array_agg(oid ORDER BY oid) FROM (SELECT oid FROM pg_class WHERE relnamespace = 'fairdraw_data'::regnamespace UNION ALL SELECT oid FROM pg_trigger) o};
my $before = sql('older', $objects);
as('records_owner', 'SELECT fairdraw.setup()');
is(sql('older', $objects), $before, 'called again setup() has nothing to do');

$node->stop;
done_testing();
