# assign_plan() and assign_draw() against fairdraw-verify, on random instances.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $script = "$PostgreSQL::Test::Utils::tmp_check/random_assignments.sql";
is(system("PYTHONDONTWRITEBYTECODE=1 python3 test/data/random_assignments.py >$script"),
	0, 'the random instances are made');

my $node = FairdrawNode->start('assignments');
$node->safe_psql('postgres', 'CREATE EXTENSION fairdraw');
my ($status, $out, $err) =
  $node->psql('postgres', '', extra_params => [ '-f', $script ]);
is($err, '', 'they are planned and drawn without an unexpected error');

for my $line (split /\n/, $out)
{
	my ($kind, $instances, $pairs, $places, $refused, $different) = split /\t/, $line;
	is($different, 'none',
		"$instances instances, $kind: $pairs probabilities and $places places are those of fairdraw-verify, $refused are refused as there");
	cmp_ok($refused, '<', 0.7 * $instances, "enough of them have an assignment: $kind");
}
done_testing();
