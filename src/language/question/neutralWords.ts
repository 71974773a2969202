/**
 * Words of general English that change nothing in what is asked, wherever they stand. A word belongs here
 * only if no question of another kind could be made by it: none of another time, place, part or number.
 */
export const NEUTRAL: readonly string[] = [
  // Hedges and manner
  "somewhere somehow honestly frankly literally essentially generally visually evidently apparently",
  "seemingly presumably probably obviously certainly definitely surely indeed anyway though ultimately",
  "accurately carefully correctly properly numerically metrically geometrically quantitatively briefly purely merely",
  "ballpark roughish circa truly reliably altogether",
  // Saying and finding out
  "telling giving gives saying stating states reporting reports provides supply supplies returning printing writing replying",
  "responding answering specifying declare announce mention deliver share offer furnish submit",
  "computing calculating evaluating assessing gauging derive deduce",
  "obtain obtaining retrieve fetch acquire ascertain establish verifying validate study analyze",
  "analyse review perceive detect recognise recognize",
  "wondering curious interested grateful glad happy appreciate appreciated thankful obliged afraid bother mind assist",
  "hoping trying try likes wish wishes assert ensure",
  "figure value values number numbers info information estimates estimation measurement measurements result",
  "answers ask asks request requesting input",
  // Being somewhere
  "remain remains perched perches parked mounted occupying kept",
  "seen appearing arranged",
  // What joins words
  "scene following",
  // What the things are called
  "couple candidate option interest subjects bodies entities",
];
