# The digests of assign_digests.sql come out of every build: without
# optimization as with all of it, with other compilers where there are some.
use strict;
use warnings;
use FairdrawNode;
use FindBin;
use PostgreSQL::Test::Utils;
use Test::More;

my $source = "$FindBin::RealBin/../..";
my $expected = slurp_file("$source/expected/assign_digests.out");
my $node = FairdrawNode->start('builds');

# the output of the regression test
sub digests
{
	my ($database) = @_;
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'psql', '-Xaq', '-d', $node->connstr($database) ], '<', "$source/test/sql/assign_digests.sql", '>', \$out, '2>', \$err);
	return $out . $err;
}

# this tree's library, built in another folder; sessions of the database use that one
sub build
{
	my ($database, @options) = @_;
	my $folder = PostgreSQL::Test::Utils::tempdir;
	system("cp -R $source/Makefile $source/fairdraw.control $source/src $source/sql $folder/ && rm -f $folder/src/*.o") == 0 or return;
	my $done = IPC::Run::run([ 'make', '-s', '-j2', '-C', $folder, 'with_llvm=no', @options, 'fairdraw.so' ], '>&', \my $out, IPC::Run::timeout(120));
	note($out) if !$done;
	chmod 0755, $folder;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, "CREATE EXTENSION fairdraw; UPDATE pg_proc SET probin = '$folder/fairdraw.so' WHERE probin = '\$libdir/fairdraw'");
	return $done && "$folder/fairdraw.so";
}

$node->safe_psql('postgres', 'CREATE DATABASE installed');
$node->safe_psql('installed', 'CREATE EXTENSION fairdraw');
is(digests('installed'), $expected, 'the installed library gives the expected digests');

# -ftrapv ends the process where a sum does not fit
my %builds = (unoptimized => ['COPT=-O0 -ftrapv'], optimized => ['COPT=-O3 -funroll-loops']);
$builds{clang} = ['CC=clang'] if system('clang --version >/dev/null 2>&1') == 0;
for my $name (sort keys %builds)
{
	my $library = build($name, @{ $builds{$name} });
	ok($library, "@{ $builds{$name} }: the library can be built");
	is(digests($name), $expected, "@{ $builds{$name} }: it gives the same digests");
	like($node->safe_psql($name, "SELECT count(*) FROM fairdraw.assign_plan('SELECT 1 AS visit', 'SELECT generate_series(1, 3) AS inspector', 'SELECT 1 AS visit, generate_series(1, 3) AS inspector');
		SELECT string_agg(DISTINCT pathname, ' ') FROM (SELECT regexp_replace(l, '^.* ', '') FROM regexp_split_to_table(pg_read_file('/proc/self/maps'), E'\\n') AS l WHERE l LIKE '%/fairdraw.so') AS m (pathname)"),
		qr/^3\n\Q$library\E$/, "@{ $builds{$name} }: it is this library that was asked") if -e '/proc/self/maps';
}
done_testing();
