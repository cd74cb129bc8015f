# assign_plan(), assign_draw() and assign_explain() against lists of all
# assignments there are, on small random instances.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $script = "$PostgreSQL::Test::Utils::tmp_check/enumerated_assignments.sql";
is(system("PYTHONDONTWRITEBYTECODE=1 python3 test/data/enumerated_assignments.py >$script"),
	0, 'small instances are made, and all their assignments');

my $node = FairdrawNode->start('enumeration');
$node->safe_psql('postgres', 'CREATE EXTENSION fairdraw');
my ($status, $out, $err) =
  $node->psql('postgres', '', extra_params => [ '-f', $script ]);
is($err, '', 'they are planned, drawn and explained without an unexpected error');

my $facts = 0;
for my $line (split /\n/, $out)
{
	my ($fact, $instances, $cases, $different) = split /\t/, $line;
	if ($fact eq 'kinds')
	{
		cmp_ok($cases, '>=', 20, "there are at least 20 instances of each of $instances kinds");
		next;
	}
	is($different, 'none', "$fact ($cases cases in $instances instances)");
	cmp_ok($cases, '>=', 40, "there are enough of them: $fact");
	$facts++;
}
is($facts, 9, 'all facts were looked at');
done_testing();
