# Records of the third step, from before there was coverage, with data in them:
# setup() takes the fourth step, and everything and everybody goes on; and
# snapshots go through pg_dump.
use strict;
use warnings;

use FairdrawNode;
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = PostgreSQL::Test::Utils::tempdir;
my $node = FairdrawNode->start('coverage_setup', '--auth=trust');

sub sql { my ($db, $sql) = @_; return $node->safe_psql($db, $sql) }
sub as { my ($role, $sql) = @_; return sql('older', "SET ROLE $role; $sql") }

sub fails
{
	my ($name, $sql, $message) = @_;
	my ($ret, $stdout, $stderr) = $node->psql('older', $sql, on_error_stop => 1);
	like($stderr, $message, $name);
}

my @rules = qw(indicator indicator_target);
my @records = qw(coverage_snapshot coverage_base coverage_figure);
my @views = qw(coverage_history coverage_latest);

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
		SELECT fairdraw.grant_duty('auditor', 'checker');
		SELECT fairdraw.grant_duty('publisher', 'publisher')});
}

sql('postgres', "CREATE ROLE $_") for qw(records_owner clerk checker publisher stranger);
agency('fresh');
agency('older');
as('publisher', q{SELECT fairdraw.enter_list('F-1', 'abnormal_list', 'unreachable', '2026-05-07', '列入决定1号')});
as('records_owner', q{UPDATE fairdraw_data.deadline_rule SET length = 15 WHERE rule = 'result-publication-check'});

# back to the third step, as only a superuser can
my $drop = join "\n", map { "DROP TABLE fairdraw_data.$_;" } reverse @rules, @records;
sql('older', qq{
	DROP VIEW fairdraw_data.coverage_latest, fairdraw_data.coverage_history;
	$drop
	ALTER TABLE fairdraw_data.step DISABLE TRIGGER fairdraw_guard;
	DELETE FROM fairdraw_data.step WHERE step = 4;
	ALTER TABLE fairdraw_data.step ENABLE ALWAYS TRIGGER fairdraw_guard});
my $snapshot = q{SELECT fairdraw.coverage_snapshot('年度', 'SELECT 1 AS visit, 1 AS uid, 1 AS grp, date ''2026-03-02'' AS done_on', 'SELECT 1 AS grp, 40 AS enterprises', '[2026-01-01,2026-12-31]',
	'SELECT * FROM fairdraw_data.indicator_target WHERE year = 2023')};
my $too_old = qr/the records of fairdraw are of an older version\nHINT:  Call SELECT fairdraw\.setup\(\)/;
fails("before setup() $_->[0] is refused", "SET ROLE publisher; $_->[1]", $_->[2])
  for [ 'a snapshot', $snapshot, $too_old ], [ 'a new entry', q{SELECT fairdraw.enter_list('F-2', 'abnormal_list', 'unreachable', '2026-05-07', 'x')}, $too_old ],
	[ 'the report', 'SELECT fairdraw.progress_report()', qr/there are no records of coverage\nHINT:  Call SELECT fairdraw\.setup\(\)/ ];
is(as('stranger', q{SELECT numerator, denominator FROM fairdraw.coverage('SELECT 1 AS visit, 1 AS uid', 'SELECT 40 AS enterprises')}), '1|40', 'coverage() itself needs no records');

as('records_owner', 'SELECT fairdraw.setup()');
is(sql('older', q{SELECT string_agg(step::text, ' ' ORDER BY step), (SELECT name FROM fairdraw_data.agency) FROM fairdraw_data.step}), '1 2 3 4|某局', 'setup() takes the fourth step, and leaves the name of the agency');
is(sql('older', q{SELECT length, (SELECT count(*) FROM fairdraw_data.list_entry) FROM fairdraw_data.deadline_rule WHERE rule = 'result-publication-check'}), '15|1', 'rules that were changed, and records, are as they were');

# tables, constraints, triggers and privileges
sub dump_of
{
	my ($db) = @_;
	$node->command_ok([ 'pg_dump', '--schema-only', '--schema=fairdraw_data', "--file=$folder/$db", $node->connstr($db) ], "the records of $db are dumped");
	return slurp_file("$folder/$db") =~ s/^\\(un)?restrict .*$//mgr =~ s/((?:^GRANT .*\n)+)/join '', sort split m{^}m, $1/megr;
}
is(dump_of('older'), dump_of('fresh'), 'the records are made as new ones are');
is(sql('older', "SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM fairdraw_data.$_ t"), sql('fresh', "SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM fairdraw_data.$_ t"), "$_ has the rows that are shipped") for @rules;

# who does and reads what
my $day = as('publisher', $snapshot);
like($day, qr/^\d{4}-\d\d-\d\d$/, 'who has the duty publisher takes snapshots');
for my $role ('clerk', 'checker', 'publisher')
{
	is(as($role, join ' UNION ALL ', map { "SELECT count(*) > 0 FROM fairdraw_data.$_" } @rules, @records, @views), join("\n", ('t') x 7), "the $role reads them");
}
is(as('stranger', join ' UNION ALL ', map { "SELECT count(*) > 0 FROM fairdraw_data.$_" } @rules), "t\nt", 'the stranger reads indicators and targets');
fails("but not $_", "SET ROLE stranger; TABLE fairdraw_data.$_", qr/permission denied/) for @records, @views;
my $report = as('publisher', 'SELECT * FROM fairdraw.progress_report()');
like($report, qr/^年度\|$day\|\|enterprises_drawn\|1\|40\|0\.025000\|0\.03\|>=\|1\|2023-10-31\|-\d+$/m, 'the report says what is behind');

# dump and restore
$node->command_ok([ 'pg_dump', '--format=custom', "--file=$folder/all", $node->connstr('older') ], 'the database is dumped');
sql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--dbname=' . $node->connstr('restored'), "$folder/all" ], 'and restored');
for my $what ((map { "fairdraw_data.$_" } @rules, @records, @views), 'fairdraw.progress_report()')
{
	my $query = "SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM $what t";
	is(sql('restored', $query), sql('older', $query), "$what is the same");
}
my (undef, undef, $refused) = $node->psql('restored', "SET ROLE publisher; $snapshot");
like($refused, qr/snapshot "年度" of $day has been taken/, 'a snapshot of that day is refused there, too');
(undef, undef, $refused) = $node->psql('restored', 'DELETE FROM fairdraw_data.coverage_figure');
like($refused, qr/records in "coverage_figure" cannot be changed or removed/, 'and the guards stand');

my $objects = q{SELECT array_agg(oid ORDER BY oid) FROM (SELECT oid FROM pg_class WHERE relnamespace = 'fairdraw_data'::regnamespace UNION ALL SELECT oid FROM pg_trigger) o};
my $before = sql('older', $objects);
as('records_owner', 'SELECT fairdraw.setup()');
is(sql('older', $objects), $before, 'called again setup() has nothing to do');

$node->stop;
done_testing();
