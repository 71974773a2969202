/**
 * Words of general English that change nothing in what is asked, wherever they stand. A word belongs here
 * only if no question of another kind could be made by it: none of another time, place, part or number.
 */
export const NEUTRAL: readonly string[] = [
  // Hedges and manner
  "somewhere somehow honestly frankly literally essentially generally visually evidently apparently",
  "seemingly presumably probably obviously certainly definitely surely indeed anyway though ultimately",
  "accurately carefully correctly properly numerically metrically geometrically quantitatively briefly purely merely",
  "ballpark roughish circa truly reliably actually altogether",
  // Saying and finding out
  "telling giving gives saying stating states reporting reports provides supply supplies returning printing writing replying",
  "responding answering specify specifying declare announce mention deliver share offer furnish present submit",
  "compute computing calculate calculating estimating evaluate evaluating assess assessing gauging derive deduce infer",
  "obtain obtaining retrieve fetch acquire quantify ascertain establish verify verifying validate inspect study analyze",
  "analyse review observe perceive detect recognise recognize",
  "wondering curious interested grateful glad happy appreciate appreciated thankful obliged afraid bother mind assist",
  "hoping trying try like likes wish wishes assert ensure",
  "figure value values number numbers info information estimate estimates estimation measurement measurements reading result",
  "answer answers question query ask asks request requesting input",
  // Being somewhere
  "exist exists remain remains remaining perched perches parked mounted occupies occupying kept",
  "located sitting standing resting lying seen appears appearing arranged",
  // What joins words
  "scene following",
  // What the things are called
  "pair couple candidates candidate options option interest subjects respectively",
];
