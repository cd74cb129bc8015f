/*
 * lottery_texts.c
 *		The texts of an outcome (doc/assignment.md section 9).
 */
#include "fairdraw.h"

#include "miscadmin.h"

#include "field.h"
#include "lottery.h"

static char *
result_hash(const LotteryDraw *draw)
{
	if (fairdraw_read("SELECT hash FROM fairdraw_data.result WHERE draw = $1 AND execution = $2",
					  "ii", draw->id, draw->execution) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the result of draw \"%s\" is missing", fairdraw_shown(draw->label)),
				 errhint("The records were changed: see fairdraw.verify_draw().")));
	return fairdraw_get_text(0, 1);
}

static void
write_groups(Sink *sink, const Graph *graph, int32 visit)
{
	int32		root = graph->first_node[visit];

	for (int32 n = root + 1; n < graph->first_node[visit + 1]; n++)
		fairdraw_sink_line(sink, "group: %s\t%d\t%d\t%d\t%d\t%s", graph->visit_ids[visit],
						   n - root, graph->parent[n] - root, graph->node_low[n],
						   graph->node_high[n], graph->node_names[n]);
}

void
fairdraw_write_chances(Sink *sink, const Lottery *lottery)
{
	const LotteryRecord *record = lottery->record;
	const Graph *graph = lottery->problem.graph;
	const Chances *chances = lottery->chances;
	uint32	   *pairs = fairdraw_alloc_visit_pairs(graph);

	fairdraw_sink_line(sink, "fairdraw/1 chances");
	fairdraw_sink_line(sink, "lottery: %s", record->hash);
	for (int d = 0; d < record->ndraws; d++)
		fairdraw_sink_line(sink, "result: %s %s", result_hash(&record->draws[d]), record->draws[d].label);
	fairdraw_sink_line(sink, "unit: " INT64_FORMAT, chances->unit);
	if (chances->range)
		fairdraw_sink_line(sink, "range: %d %d", chances->range_low, chances->range_high);
	else
		fairdraw_sink_line(sink, "range: none");
	for (int32 v = 0; v < graph->nvisits; v++)
		fairdraw_sink_line(sink, "visit: %s\t%d", graph->visit_ids[v],
						   graph->node_low[graph->first_node[v]]);
	for (int32 i = 0; i < graph->ninspectors; i++)
		fairdraw_sink_line(sink, "inspector: %s\t%d\t%d", graph->inspector_ids[i],
						   chances->low[i], chances->high[i]);
	for (int32 v = 0; v < graph->nvisits; v++)
		write_groups(sink, graph, v);
	for (int32 v = 0; v < graph->nvisits; v++)
	{
		int			count = fairdraw_visit_pairs(graph, v, pairs);

		for (int p = 0; p < count; p++)
			fairdraw_sink_line(sink, "pair: %s\t%s\t%d\t%u\t%s", graph->visit_ids[v],
							   graph->inspector_ids[graph->inspector[pairs[p]]],
							   graph->node[pairs[p]] - graph->first_node[v],
							   chances->x[pairs[p]],
							   chances->fixed[pairs[p]] ? "fixed" : "free");
	}
	pfree(pairs);
}

/* Teams and substitutes, visit by visit; x is 0 for a substitute. */
void
fairdraw_for_teams(const Lottery *lottery, TeamFunction function, void *arg)
{
	const Graph *graph = lottery->problem.graph;
	uint32	   *pairs = fairdraw_alloc_visit_pairs(graph);
	int			depth = lottery->record->options->depth;
	uint32	   *substitutes = fairdraw_alloc(Min(depth, graph->ninspectors), sizeof(uint32));

	for (int32 v = 0; v < graph->nvisits; v++)
	{
		int			count = fairdraw_visit_pairs(graph, v, pairs);
		int			slot = 0;

		CHECK_FOR_INTERRUPTS();
		for (int p = 0; p < count; p++)
			if (lottery->taken[pairs[p]])
				function(lottery, v, "team", ++slot, graph->inspector[pairs[p]],
						 lottery->chances->x[pairs[p]], arg);
		count = fairdraw_substitutes(graph, lottery->taken, lottery->key, v,
									 Min(depth, graph->ninspectors), substitutes);
		for (int rank = 0; rank < count; rank++)
			function(lottery, v, "substitute", rank + 1, graph->inspector[substitutes[rank]], 0, arg);
	}
	pfree(pairs);
	pfree(substitutes);
}

static void
write_member(const Lottery *lottery, int32 visit, const char *role, int32 rank,
			 int32 inspector, int64 x, void *arg)
{
	const Graph *graph = lottery->problem.graph;

	fairdraw_sink_line(arg, "%s\t%s\t%d\t%s", graph->visit_ids[visit], role, rank,
					   graph->inspector_ids[inspector]);
}

void
fairdraw_write_teams(Sink *sink, const Lottery *lottery, const char *ceremony_hash,
					 const char *s, const char *chances_hash)
{
	uint8		digest[FAIRDRAW_HASH_LEN];
	char		hex[FAIRDRAW_HEX_LEN + 1];

	fairdraw_sha256(s, FAIRDRAW_HEX_LEN, digest);
	fairdraw_to_hex(digest, sizeof(digest), hex);
	fairdraw_sink_line(sink, "fairdraw/1 teams");
	fairdraw_sink_line(sink, "lottery: %s", lottery->record->hash);
	fairdraw_sink_line(sink, "ceremony: %s", ceremony_hash);
	fairdraw_sink_line(sink, "seed: %s", hex);
	fairdraw_sink_line(sink, "chances: %s", chances_hash);
	fairdraw_for_teams(lottery, write_member, sink);
}
