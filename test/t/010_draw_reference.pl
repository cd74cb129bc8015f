# draw() against an independent reading of the protocol, on random frames.
use strict;
use warnings;
use FairdrawNode;
use Test::More;

my $script = "$PostgreSQL::Test::Utils::tmp_check/random_frames.sql";
is(system("PYTHONDONTWRITEBYTECODE=1 python3 test/data/random_frames.py >$script"),
	0, 'the random frames are made');

# and the table that the distribution tests rest on is what its script makes
is(system('PYTHONDONTWRITEBYTECODE=1 python3 test/data/probabilities.py | cmp -s - test/data/probabilities.sql'),
	0, 'probabilities.sql is made by probabilities.py');

my $node = FairdrawNode->start('reference');
$node->safe_psql('postgres', 'CREATE EXTENSION fairdraw');
my ($status, $out, $err) =
  $node->psql('postgres', '', extra_params => [ '-f', $script ]);
is($err, '', 'they are drawn from without an error');

for my $line (split /\n/, $out)
{
	my ($kind, $draws, $rows, $different) = split /\t/, $line;
	if ($kind eq 'order')
	{
		is($different, 'none',
			"$rows rows of $draws draws come in the protocol's order");
		next;
	}
	cmp_ok($rows, '>', $draws, "something is drawn: $kind");
	is($different, 'none', "$draws draws are those of the protocol: $kind");
}
done_testing();
